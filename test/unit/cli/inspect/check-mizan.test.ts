import { describe, expect, it } from "vitest";
import { checkMizan, checkSsr } from "../../../../cli/inspect/check-mizan.ts";
import type { MizanFacts, MizanSecret, SsrFacts } from "../../../../runtime/origin/contract.ts";
import { MIZAN_FACTS } from "./mizan-facts-example.ts";
import { SETTINGS_FACTS } from "./settings-facts-example.ts";

function codesOf(part: Partial<MizanFacts>): readonly string[] {
  return checkMizan(SETTINGS_FACTS, { ...MIZAN_FACTS, ...part }).map(({ code }) => code);
}

const [mwt] = MIZAN_FACTS.secrets;
const jwt: MizanSecret = {
  ring: "jwt",
  setting: 'SIMPLE_JWT["SIGNING_KEY"]',
  state: "present",
  isSecretKey: false,
  variable: "JWT_KEY",
};

describe("findings about a Mizan app", () => {
  it("has none about one that is in order", () => {
    expect(codesOf({})).toEqual([]);
    expect(codesOf({ secrets: [...MIZAN_FACTS.secrets, jwt] })).toEqual([]);
  });

  it.each<[string, Partial<MizanFacts>]>([
    ["MIZAN_URLS_MISSING", { baseUrls: [] }],
    ["MIZAN_URLS_TWICE", { baseUrls: ["/a/", "/b/"] }],
    ["MIZAN_NO_MANIFEST", { hasManifestCommand: false }],
    ["MIZAN_ORIGIN_CACHE", { hasOriginCache: true }],
    ["MIZAN_KEY_SHARED", { secrets: [{ ...jwt, isSecretKey: true, variable: "SECRET_KEY" }] }],
    ["MIZAN_KEY_SHARED", { secrets: [...(mwt ? [mwt] : []), { ...jwt, variable: "TOKEN_KEY" }] }],
    ["MIZAN_KEY_UNKNOWN", { secrets: [{ ...jwt, ring: "mwt", variable: null }] }],
  ])("%s for %j, with one thing to do", (code, part) => {
    expect(codesOf(part)).toEqual([code]);
    const [finding] = checkMizan(SETTINGS_FACTS, { ...MIZAN_FACTS, ...part });
    expect(finding?.hint).not.toBe("");
    expect(finding?.evidence).not.toBe("");
  });
});

describe("findings about its template backend", () => {
  const ssr: SsrFacts = { folders: ["frontend"], worker: "worker.tsx", timeoutSeconds: 5 };

  it.each<[readonly string[], SsrFacts | null]>([
    [[], null],
    [[], ssr],
    [["MIZAN_SSR_NO_WORKER"], { ...ssr, worker: null }],
    [["MIZAN_SSR_NO_FOLDER"], { ...ssr, folders: [] }],
  ])("%j for %j", (codes, part) => {
    expect(checkSsr({ ...SETTINGS_FACTS, ssr: part }).map(({ code }) => code)).toEqual(codes);
  });
});
