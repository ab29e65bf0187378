/** The shop deployed: what scripts read of it, what is purged, and what a new release keeps warm. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ShopVisitor } from "../../helpers/shop-visitor.ts";
import type { TempProject } from "../../helpers/temp-project.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { describeChecks, expectFailure, fetchText, runWords, urlOf } from "../use/use-mizan.ts";
import { askMark, createShopProject } from "./shop-project.ts";

const CATALOG = "/api/mizan/ctx/catalog/?page=1";
const DELIVERY = "/api/mizan/ctx/delivery/";
const PRODUCT = "/api/mizan/ctx/product/?product_id=1";

const ANOTHER_FUNCTION = `
@client(context=CATALOG)
def shelf(request) -> int:
    return 3
register(shelf, "shelf")
`;

const resultFields = { type: z.literal("result"), ok: z.boolean() };
const count = z.int().nonnegative();
const verifySchema = z.strictObject({
  ...resultFields,
  release: z.string(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      ok: z.boolean(),
      skipped: z.boolean(),
      message: z.string(),
      evidence: z.string(),
    }),
  ),
});
const explainSchema = z.object({
  ...resultFields,
  rule: z.string().nullable(),
  context: z.string().nullable(),
  identity: z.enum(["anonymous", "token"]).nullable(),
  parameters: z.record(z.string(), z.string()),
  numbers: z.record(z.string(), count),
  outcome: z.enum(["HIT", "MISS", "BYPASS"]),
  reason: z.string().nullable(),
});
const statsSchema = z.object({
  ...resultFields,
  hits: count,
  misses: count,
  bypasses: z.record(z.string(), count),
  contexts: z.array(z.strictObject({ name: z.string(), hits: count, misses: count })),
  memoryBytes: count,
  entries: count,
  openIntents: count,
});

let project: TempProject;
let url: string;
let first: string;
let deployEdge: unknown;
beforeAll(async () => {
  project = await createShopProject();
  const result = await project.mizan(["deploy"]);
  deployEdge = result["edge"];
  url = urlOf(result);
  first = String(result["release"]);
});
afterAll(() => project.remove());

async function warm(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await askMark(url, path);
    expect(await askMark(url, path), path).toBe("HIT");
  }
}

/** `mizan <words> --json`: exactly one line, of this shape, and exit status 0. */
async function readResult<T>(schema: z.ZodType<T>, words: readonly string[], input = "") {
  const { exitCode, stdout } = await runWords([...words, "--json"], { cwd: project.folder, input });
  expect(exitCode, stdout).toBe(0);
  return { stdout, result: schema.parse(JSON.parse(stdout)) };
}

function countOf({ contexts }: z.infer<typeof statsSchema>, name: string) {
  return contexts.find((each) => each.name === name) ?? { name, hits: 0, misses: 0 };
}

describe("a deployed Mizan app", () => {
  it("is cached: deploy and status say how much, a context is missed once and hit then", async () => {
    const status = await project.mizan(["status"]);
    expect(status["edge"]).toBe(deployEdge);
    expect(status["edge"]).toBe("Edge: caches 6 of 7 contexts and 2 pages.");
    expect(await askMark(url, CATALOG)).toBe("MISS");
    expect(await askMark(url, CATALOG)).toBe("HIT");
  });

  it("runs with keys of this environment, which only their owner can read", async () => {
    const folder = join(project.folder, ".mizan/env/local");
    for (const name of ["edge-keys.json", "mizan-secrets.json", "edge-state.json"]) {
      expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600);
    }
  });

  it("has nothing that the doctor would call wrong but startproject's defaults", async () => {
    const { checks } = await project.mizan(["doctor"]);
    expect(describeChecks(checks)).toEqual(["DJ01 warning", "DJ04 warning", "DJ16 warning"]);
  });

  it("passes every check of `mizan verify`, the Edge's among them, also twice in a minute", async () => {
    for (const _ of ["first", "second"]) {
      const { result } = await readResult(verifySchema, ["verify"]);
      expect(result).toMatchObject({ ok: true, release: first });
      const made = result.checks.filter(({ skipped }) => !skipped).map(({ name }) => name);
      const wanted = ["rings", "manifest", "token", "context global", "login-only", "edge"];
      expect(made).toEqual(expect.arrayContaining(wanted));
    }
  });

  it("is explained: to anybody, and to a user by a token on stdin that is never shown", async () => {
    await warm(PRODUCT);
    const { result } = await readResult(explainSchema, ["edge", "explain", PRODUCT]);
    expect(result).toMatchObject({
      rule: "context product",
      context: "product",
      identity: "anonymous",
      parameters: { product_id: "1" },
      outcome: "HIT",
      reason: null,
    });
    expect(Object.keys(result.numbers)).toEqual(["product"]);

    const ana = new ShopVisitor(url);
    const id = await ana.signUp("ana", "quiet-reed-bed");
    const cart = `/api/mizan/ctx/cart/?user_id=${id}`;
    expect((await ana.get(cart)).mark).toBe("MISS");
    const words = ["edge", "explain", new URL(cart, url).href, "--token-stdin"];
    const signed = await readResult(explainSchema, words, ana.token ?? "");
    expect(signed.result).toMatchObject({ identity: "token", context: "cart", outcome: "HIT" });
    const [, , signature = "no token"] = ana.token?.split(".") ?? [];
    expect(signed.stdout).not.toContain(signature);
    const nobody = await readResult(explainSchema, ["edge", "explain", cart]);
    expect(nobody.result).toMatchObject({
      identity: "anonymous",
      parameters: { user_id: String(id) },
      outcome: "BYPASS",
      reason: "user-scoped-anonymous",
    });
    const forged = await readResult(explainSchema, words, "not.a.token");
    expect(forged.result).toMatchObject({ identity: null, reason: "token-invalid" });
  });

  it.each([
    ["/api/mizan/ctx/desk/", "cache-off"],
    ["/api/mizan/ctx/nothing/", "no-rule"],
    ["/api/mizan/ctx/catalog/?colour=blue", "parameter"],
    ["http://elsewhere.example/api/mizan/ctx/catalog/", "host"],
    ["/admin/", "no-rule"],
    ["/favicon.svg", "static"],
  ])("is explained: %s bypasses for %s, and people are told why", async (path, reason) => {
    const { result } = await readResult(explainSchema, ["edge", "explain", path]);
    expect(result).toMatchObject({ identity: "anonymous", outcome: "BYPASS", reason });
    const { stdout } = await runWords(["edge", "explain", path], { cwd: project.folder });
    expect(stdout).toMatch(new RegExp(`^BYPASS; reason=${reason}\\n  why +\\w`));
  });

  it("refuses an address that is none", async () => {
    const { hint } = await expectFailure(project, ["edge", "explain", "no address"], "USAGE");
    expect(hint).toContain("mizan edge explain http://");
    await expectFailure(project, ["edge", "explain", ""], "USAGE");
  });

  it("is counted, in a form that scripts can rely on", async () => {
    const before = (await readResult(statsSchema, ["edge", "stats"])).result;
    await warm(PRODUCT);
    await askMark(url, "/api/mizan/ctx/desk/");
    const after = (await readResult(statsSchema, ["edge", "stats"])).result;
    expect(after.hits).toBeGreaterThan(before.hits);
    expect(countOf(after, "product").hits).toBeGreaterThan(countOf(before, "product").hits);
    expect(after.bypasses["cache-off"] ?? 0).toBe((before.bypasses["cache-off"] ?? 0) + 1);
    expect(after.openIntents).toBe(0);
    expect(after.entries).toBeGreaterThan(0);
    expect(after.memoryBytes).toBeGreaterThan(after.entries);
  });

  it("is purged by context, by parameter and altogether, by nobody's misspelling", async () => {
    await warm(CATALOG, PRODUCT);
    await project.mizan(["edge", "purge", "product", "product_id=2"]);
    expect(await askMark(url, PRODUCT)).toBe("HIT");
    const one = await project.mizan(["edge", "purge", "product", "product_id=1"]);
    expect(one["purged"]).toBe("product;product_id=1");
    expect(await askMark(url, PRODUCT)).toBe("MISS");
    expect(await askMark(url, CATALOG)).toBe("HIT");
    expect((await project.mizan(["edge", "purge", "--all"]))["purged"]).toBe("*");
    expect(await askMark(url, CATALOG)).toBe("MISS");
    const unknown = await expectFailure(project, ["edge", "purge", "catalogue"], "USAGE");
    expect(unknown.message).toContain("catalog, delivery");
    await expectFailure(project, ["edge", "purge"], "USAGE");
    await expectFailure(project, ["edge", "purge", "product", "--all"], "USAGE");
    await expectFailure(project, ["edge", "purge", "product", "id=1"], "USAGE");
  });

  it("shows what a management command has written, which passes the Edge by", async () => {
    await warm(PRODUCT, CATALOG);
    const code =
      "from catalogue.models import Product; Product.objects.filter(pk=1).update(price_cents=12345)";
    expect(await runShell(code)).toMatchObject({ exitCode: 0 });
    expect(await fetchText(url, PRODUCT)).toContain("12345");
    expect(await askMark(url, CATALOG)).toBe("MISS");
  });

  it("shows it while the command still runs, too", async () => {
    await warm(PRODUCT);
    const running = runShell("import time; time.sleep(8)");
    await waitFor("a bump", async () => (await askMark(url, PRODUCT)) === "MISS");
    expect(await running).toMatchObject({ exitCode: 0 });
  });
});

function runShell(code: string) {
  return runWords(["run", "shell", "-c", code], { cwd: project.folder });
}

describe("the next release", () => {
  it("is stopped with the reason when its key for tokens is another than the Edge's", async () => {
    await project.edit("backend/vendor/mizan/mizan/conf.py", (text) =>
      text.replace('getattr(settings, "MIZAN_MWT_SECRET", None)', '"another-key"'),
    );
    const { message, details } = await expectFailure(project, ["deploy"], "RELEASE_UNHEALTHY");
    expect(message).toContain("its MIZAN_MWT_SECRET is another one");
    expect(details).toMatchObject({ check: "token" });
    await project.edit("backend/vendor/mizan/mizan/conf.py", (text) =>
      text.replace('"another-key"', 'getattr(settings, "MIZAN_MWT_SECRET", None)'),
    );
    expect(await project.mizan(["status"])).toMatchObject({ release: first });
  });

  it("is stopped with the reason when its manifest is wrong", async () => {
    const file = "backend/vendor/mizan/mizan/export/__init__.py";
    await project.edit(file, (text) => text.replace('"version": 1', '"version": 7'));
    const { message } = await expectFailure(project, ["deploy"], "RELEASE_UNHEALTHY");
    expect(message).toContain("version: not 1");
    await project.edit(file, (text) => text.replace('"version": 7', '"version": 1'));
  });

  it("keeps contexts warm that it describes as before, and empties those that changed", async () => {
    await warm(CATALOG, PRODUCT, DELIVERY);
    await project.edit("backend/catalogue/clients.py", (text) => text.replace("rev=2", "rev=3"));
    const plan = await project.mizan(["plan"]);
    const texts = (plan["changes"] as { area: string; text: string }[])
      .filter(({ area }) => area === "edge")
      .map(({ text }) => text);
    expect(texts).toEqual([
      "contexts that stay cached: cart, catalog, desk, global, orders, product",
      "contexts that are emptied: delivery",
    ]);
    const before = (await readResult(statsSchema, ["edge", "stats"])).result;
    await project.mizan(["deploy"]);
    expect(await askMark(url, CATALOG)).toBe("HIT");
    expect(await askMark(url, PRODUCT)).toBe("HIT");
    expect(await askMark(url, DELIVERY)).toBe("MISS");
    expect(await askMark(url, DELIVERY)).toBe("HIT");
    const after = (await readResult(statsSchema, ["edge", "stats"])).result;
    const missed = (name: string) => countOf(after, name).misses - countOf(before, name).misses;
    expect([missed("catalog"), missed("product"), missed("delivery")]).toEqual([0, 0, 1]);
    expect(after.hits - before.hits).toBe(3);
  });

  it("empties the context that got a function, and no other", async () => {
    await warm(CATALOG, PRODUCT, DELIVERY);
    await project.edit("backend/catalogue/clients.py", (text) => `${text}\n${ANOTHER_FUNCTION}`);
    await project.mizan(["deploy"]);
    expect(await askMark(url, CATALOG)).toBe("MISS");
    expect(await fetchText(url, CATALOG)).toContain('"shelf":');
    expect(await askMark(url, PRODUCT)).toBe("HIT");
    expect(await askMark(url, DELIVERY)).toBe("HIT");
  });

  it("is gone back from with an empty cache, where each key misses once", async () => {
    await warm(CATALOG, DELIVERY, PRODUCT);
    await project.mizan(["rollback"]);
    for (const path of [CATALOG, DELIVERY, PRODUCT]) {
      expect(await askMark(url, path), path).toBe("MISS");
      expect(await askMark(url, path), path).toBe("HIT");
    }
  });
});
