import { describe, expect, it } from "vitest";
import type { CommandSpec } from "../../../../cli/commands/define-command.ts";
import { describeBypass } from "../../../../cli/commands/describe-bypass.ts";
import { edgeExplain } from "../../../../cli/commands/edge-explain.ts";
import { edgePurge } from "../../../../cli/commands/edge-purge.ts";
import { edgeStats } from "../../../../cli/commands/edge-stats.ts";
import { verify } from "../../../../cli/commands/verify.ts";
import { createContext } from "../../../../cli/create-context.ts";
import type {
  EdgeCounts,
  EdgeExplanation,
  PurgeResult,
  VerifyResult,
} from "../../../../cli/targets/target.ts";
import { BYPASS_REASONS } from "../../../../edge/cache/read/decide-read.ts";
import { FakeMachine } from "../fake-machine.ts";

async function render(command: CommandSpec, result: object): Promise<string> {
  const { context } = await createContext({}, new FakeMachine(), { childHasTerminal: false });
  return (command.render?.(result, context) ?? []).join("\n");
}

const HIT: EdgeExplanation = {
  rule: "context product",
  context: "product",
  identity: "token",
  tokenProblem: null,
  parameters: { product_id: "3" },
  numbers: { product: 12 },
  key: { host: "127.0.0.1:8000", language: null },
  outcome: "HIT",
  reason: null,
  ageMs: 4_200,
  remainingTtlMs: 295_800,
};

describe("mizan edge explain", () => {
  it("says the outcome first, then which rule and which key", async () => {
    expect(await render(edgeExplain, HIT)).toMatchInlineSnapshot(`
      "HIT
        rule        context product
        identity    token
        parameters  product_id=3
        numbers     product=12
        key         host=127.0.0.1:8000
        stored      4.2 s ago, kept 296 s more"
    `);
  });

  it("says why a request passes by", async () => {
    const bypass: EdgeExplanation = {
      ...HIT,
      rule: null,
      identity: null,
      tokenProblem: "expired",
      parameters: {},
      numbers: {},
      key: null,
      outcome: "BYPASS",
      reason: "token-invalid",
      ageMs: null,
      remainingTtlMs: null,
    };
    expect(await render(edgeExplain, bypass)).toMatchInlineSnapshot(`
      "BYPASS; reason=token-invalid
        why       the token is not valid: the app will answer 401
        rule      none of the manifest's
        identity  a token that is not valid: expired"
    `);
  });

  it.each(BYPASS_REASONS)("has words for the reason %s", (reason) => {
    expect(describeBypass(reason)).toMatch(/^\w.*\w\)?$/);
  });
});

describe("mizan edge stats", () => {
  it("counts, the most frequent reasons first", async () => {
    const counts: EdgeCounts = {
      hits: 90,
      misses: 10,
      bypasses: { method: 2, credentials: 7 },
      notStored: { "set-cookie": 1 },
      contexts: [
        { name: "catalog", hits: 90, misses: 10 },
        { name: "cart", hits: 0, misses: 0 },
      ],
      memoryBytes: 3_500_000,
      entries: 12,
      openIntents: 1,
      pages: [
        { pattern: "/", hits: 4, render: 1, ssr: 0, shell: 0, broken: 0 },
        { pattern: "/products/:id", hits: 1, render: 9, ssr: 3, shell: 2, broken: 1 },
      ],
    };
    expect(await render(edgeStats, counts)).toMatchInlineSnapshot(`
      "90 hits, 10 misses (90 %) since the Edge's start
        catalog  90 hits, 10 misses (90 %)
        cart     0 hits, 0 misses
      bypassed: credentials 7, method 2
      not kept: set-cookie 1
      pages:
        /              4 hits, 1 by Render
        /products/:id  1 hit, 9 by Render, 3 by the SSR server, 2 left to the browser, 1 broke off
      12 entries, 3.3 MiB; 1 mutation under way"
    `);
  });
});

describe("mizan edge stats of a young Edge", () => {
  it("counts one as one, and little memory in KiB", async () => {
    const counts: EdgeCounts = {
      hits: 1,
      misses: 1,
      bypasses: {},
      notStored: {},
      contexts: [],
      memoryBytes: 900,
      entries: 1,
      openIntents: 0,
      pages: [],
    };
    expect(await render(edgeStats, counts)).toMatchInlineSnapshot(`
      "1 hit, 1 miss (50 %) since the Edge's start
      1 entry, 1 KiB; 0 mutations under way"
    `);
  });
});

describe("mizan edge purge", () => {
  it.each<[PurgeResult, string]>([
    [{ purged: "*" }, "Purged everything"],
    [{ purged: "product;product_id=3" }, "Purged product;product_id=3"],
  ])("says what %j purged", async (result, text) => {
    expect(await render(edgePurge, result)).toBe(text);
  });

  it("takes values with an equals sign, and needs a name before it", () => {
    const parse = (parameters: readonly string[]) =>
      edgePurge.options.safeParse({ context: "list", parameters }).success;
    expect(parse(["cursor=a=b", "page="])).toBe(true);
    expect(parse(["=b"])).toBe(false);
  });
});

describe("mizan verify", () => {
  const result: VerifyResult = {
    release: "r2",
    ok: false,
    checks: [
      { name: "live", ok: true, skipped: false, message: "the process answers", evidence: "" },
      { name: "root", ok: true, skipped: true, message: "the frontend serves it", evidence: "" },
      { name: "context a", ok: true, skipped: false, message: "answers 500", evidence: "GET /x" },
      {
        name: "edge",
        ok: false,
        skipped: false,
        message: "never hits",
        evidence: "GET /a\nGET /b",
      },
    ],
  };

  it("shows each check, and evidence where one failed", async () => {
    expect(await render(verify, result)).toMatchInlineSnapshot(`
      "Release r2: a check failed
        ✓ live: the process answers
        - root: the frontend serves it
        ✓ context a: answers 500
            GET /x
        ✗ edge: never hits
            GET /a
            GET /b"
    `);
  });

  it("ends with 7 where a check failed", () => {
    expect(verify.exitCode?.(result)).toBe(7);
    expect(verify.exitCode?.({ ...result, ok: true })).toBe(0);
  });
});
