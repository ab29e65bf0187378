import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifyConformance } from "../../../../cli/verify/verify-conformance.ts";
import {
  type AppOptions,
  createMizanApp,
  EDGE_KEY,
  INVALIDATE_PATH,
  INVALIDATED,
  PROBE_CONTEXT,
  probeAnswer,
  refuse,
} from "./mizan-app.ts";

async function check(options: AppOptions = {}) {
  const app = createMizanApp(options);
  const checks = await verifyConformance(app.subject);
  const byName = new Map(checks.map((each) => [each.name, each]));
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  return { ...app, checks, byName, failed };
}

describe("the conformance probe", () => {
  it("passes a release that is in order, and names what it did not ask", async () => {
    const { checks, failed } = await check();
    expect(failed).toEqual([]);
    expect(checks.map(({ name, skipped }) => (skipped ? `(${name})` : name))).toEqual([
      "live",
      "ready",
      "release",
      "rings",
      "root",
      "manifest",
      "package",
      "token",
      "context global",
      "(context product)",
      "(context cart)",
      "login-only",
      "edge",
    ]);
  });

  it("asks an app without a manifest for its health and its root alone", async () => {
    const { checks, askedOrigin } = await check({ mizan: null });
    expect(checks.map(({ name }) => name)).toEqual(["live", "ready", "release", "root", "edge"]);
    expect(checks.at(-1)).toMatchObject({ ok: true, skipped: true });
    expect(askedOrigin.map(({ path }) => path)).toEqual(["/_mizan/live", "/_mizan/ready", "/"]);
  });

  it("says how to have a context with parameters asked, and then asks it with them", async () => {
    const before = await check();
    expect(before.byName.get("context product")?.message).toContain(
      'probe: { product: { product_id: "…" } }',
    );
    const { byName, askedOrigin } = await check({
      mizan: { parameters: { product: { product_id: "a b&c" } } },
    });
    expect(byName.get("context product")).toMatchObject({ ok: true, skipped: false });
    const paths = askedOrigin.map(({ path }) => path);
    expect(paths.filter((path) => path.includes("product_id=a+b%26c"))).toHaveLength(2);
  });

  it("names a context of the config that the manifest does not have", async () => {
    const { byName } = await check({ mizan: { parameters: { produkt: {} } } });
    expect(byName.get("context produkt")).toMatchObject({ skipped: true });
  });
});

const CONTEXT = "/api/mizan/ctx/global/";
const count = () => {
  let calls = 0;
  return () => {
    calls += 1;
    return calls;
  };
};

describe("a release that is not in order", () => {
  it.each<[string, string, AppOptions, string]>([
    [
      "live",
      "answers something else",
      { origin: { "/_mizan/live": () => ({ body: "<h1>Hello</h1>" }) } },
      "no health answer",
    ],
    [
      "ready",
      "has no database",
      {
        origin: {
          "/_mizan/ready": () => ({
            status: 503,
            body: {
              release: "r2",
              instance: "i",
              ok: false,
              checks: [{ name: "database:default", ok: false, message: "refused" }],
            },
          }),
        },
      },
      "database:default: refused",
    ],
    [
      "release",
      "is another one",
      {
        origin: {
          "/_mizan/live": () => ({
            body: { release: "r1", instance: "i", ok: true, edgeKids: ["e1"] },
          }),
        },
      },
      "it is release r1",
    ],
    [
      "rings",
      "has another Edge ring",
      {
        origin: {
          "/_mizan/live": () => ({
            body: { release: "r2", instance: "i", ok: true, edgeKids: ["e0"] },
          }),
        },
      },
      "does not know key e1",
    ],
    ["root", "fails at its root", { origin: { "/": () => ({ status: 500 }) } }, "the page fails"],
    [
      "manifest",
      "exports another manifest than the Edge has",
      { mizan: { exportHash: async () => "bb22" } },
      "another manifest",
    ],
    [
      "token",
      "has another key for tokens",
      { mizan: { secrets: { edge: [EDGE_KEY], cache: [], mwt: [{ ...EDGE_KEY }] } } },
      "its MIZAN_MWT_SECRET is another one",
    ],
    [
      "token",
      "takes any token",
      { origin: { [CONTEXT]: () => ({ body: {} }) } },
      "a foreign key has signed",
    ],
    [
      "context global",
      "has no such address",
      { origin: { [CONTEXT]: () => ({ status: 404 }) } },
      "the URLconf does not have it",
    ],
    [
      "context global",
      "answers a page for a context",
      { origin: { [CONTEXT]: () => ({ body: "<h1>Shop</h1>" }) } },
      "no JSON object",
    ],
    [
      "context global",
      "crashes",
      { origin: { [CONTEXT]: () => ({ status: 500, body: "<h1>Server Error (500)</h1>" }) } },
      "neither 200 nor the protocol's error",
    ],
    [
      "context global",
      "lets browsers keep a context",
      { origin: { [CONTEXT]: () => ({ body: {}, headers: { "cache-control": "max-age=60" } }) } },
      "no no-store",
    ],
    [
      "login-only",
      "gives a cart to anybody",
      { origin: { "/api/mizan/ctx/cart/": () => ({ body: { read_cart: [] } }) } },
      "anybody gets context cart",
    ],
  ])("fails at %s when it %s, with what came back", async (name, _what, options, message) => {
    const { byName, failed } = await check(options);
    expect(failed).toContain(name);
    expect(byName.get(name)?.message).toContain(message);
    expect(byName.get(name)?.evidence).not.toBe("");
  });

  it("fails when the keys of a context come in another order, and only tells of other values", async () => {
    const next = count();
    const turned = await check({
      origin: {
        [CONTEXT]: () => ({ body: next() % 2 ? '{"x":{"a":1,"b":2}}' : '{"x":{"b":2,"a":1}}' }),
      },
    });
    expect(turned.failed).toContain("context global");
    const then = count();
    const other = await check({ origin: { [CONTEXT]: () => ({ body: { x: then(), y: [] } }) } });
    expect(other.failed).not.toContain("context global");
    expect(other.byName.get("context global")?.message).toContain("the answers differ");
  });

  it("of all checks names the one that is at fault: an address that is missing is no foreign token", async () => {
    const { failed, byName } = await check({ origin: { [CONTEXT]: () => ({ status: 404 }) } });
    expect(failed).toEqual(["context global"]);
    expect(byName.get("token")).toMatchObject({ skipped: true });
  });

  it("only tells of a context that answers the protocol's error for a crash, with evidence", async () => {
    const { byName, failed } = await check({ origin: { [CONTEXT]: () => refuse(500) } });
    expect(failed).toEqual([]);
    expect(byName.get("context global")).toMatchObject({ message: "answers 500 UNAUTHORIZED" });
    expect(byName.get("context global")?.evidence).toContain("→ 500");
  });

  it("shows no token among its evidence", async () => {
    const { checks, askedOrigin } = await check({
      mizan: { secrets: { edge: [EDGE_KEY], cache: [], mwt: [{ ...EDGE_KEY }] } },
    });
    const tokens = askedOrigin.flatMap(({ headers }) => headers?.["x-mizan-token"] ?? []);
    expect(tokens).toHaveLength(2);
    for (const token of tokens) expect(JSON.stringify(checks)).not.toContain(token);
    expect(JSON.stringify(checks)).not.toContain(EDGE_KEY.secret);
  });

  it("says which checks could not be made", async () => {
    const { byName, failed } = await check({
      mizan: {
        guarded: null,
        secrets: { edge: [EDGE_KEY], cache: [], mwt: [] },
        isCacheOff: true,
      },
    });
    expect(failed).toEqual([]);
    for (const name of ["login-only", "token", "edge"]) {
      expect(byName.get(name)).toMatchObject({ skipped: true });
    }
  });

  it("reports how the installed package differs as a finding, not as a failure", async () => {
    const { byName, failed } = await check({ mizan: { disagreements: ["derive_cache_key …"] } });
    expect(failed).toEqual([]);
    expect(byName.get("package")?.message).toContain("derive_cache_key …");
  });
});

describe("the Edge's check", () => {
  it("asks MISS, HIT, and MISS again, each MISS after an invalidation that the Edge ring has signed", async () => {
    const { askedEdge, byName } = await check();
    expect(byName.get("edge")).toMatchObject({ ok: true, skipped: false });
    const { path } = PROBE_CONTEXT;
    expect(askedEdge.map((each) => `${each.method} ${each.path}`)).toEqual([
      `POST ${INVALIDATE_PATH}`,
      `GET ${path}`,
      `GET ${path}`,
      `POST ${INVALIDATE_PATH}`,
      `GET ${path}`,
    ]);
    const message = askedEdge[3];
    const mac = createHmac("sha256", EDGE_KEY.secret)
      .update(message?.body ?? "")
      .digest("base64url");
    expect(message?.headers).toEqual({ "x-mizan-signature": `k=e1;s=${mac}` });
    expect(JSON.parse(message?.body ?? "")).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sentAtMs: 1_764_000_000_000,
      targets: [PROBE_CONTEXT.name],
    });
  });

  const miss = (n: number) => probeAnswer("MISS", n);
  const hit = (n: number) => probeAnswer("HIT", n);
  const notFound = { status: 404, headers: {}, body: "", isWireVerified: false };
  const unsigned = { ...miss(1), isWireVerified: false };
  it.each([
    ["never hits", [miss(1), miss(2), INVALIDATED, miss(3)], "is MISS where HIT is right"],
    [
      "says why it keeps nothing",
      [probeAnswer("MISS; stored=0; reason=vary", 1), miss(2), INVALIDATED, miss(3)],
      "MISS; stored=0; reason=vary",
    ],
    ["hits before the first question", [hit(1), hit(1), INVALIDATED, miss(2)], "is HIT where MISS"],
    ["hits with another answer", [miss(1), hit(7), INVALIDATED, miss(8)], "another answer"],
    ["hits after an invalidation", [miss(1), hit(1), INVALIDATED, hit(1)], "was not asked"],
    ["refuses the invalidation", [miss(1), hit(1), notFound, miss(2)], "is answered 404"],
    ["reaches no runtime", [notFound, notFound, INVALIDATED, notFound], "answers 404"],
    [
      "reaches another release",
      [probeAnswer("MISS", 1, "r1"), hit(1), INVALIDATED, miss(2)],
      "it is release r1",
    ],
    [
      "hears nothing of what a request wrote",
      [unsigned, hit(1), INVALIDATED, { ...miss(2), isWireVerified: false }],
      "the runtime does not take part",
    ],
  ])("fails when the Edge %s", async (_what, edge, message) => {
    const { byName, failed } = await check({ edge: [INVALIDATED, ...edge] });
    expect(failed).toEqual(["edge"]);
    expect(byName.get("edge")?.message).toContain(message);
    expect(byName.get("edge")?.evidence.split("\n")).toHaveLength(5);
  });
});
