import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  computeManifestHash,
  parseManifest,
} from "../../../../../edge/cache/manifest/parse-manifest.ts";
import { buildContext, EXAMPLE, readContexts, readManifest } from "./manifest-example.ts";

const parseContexts = (contexts: unknown, mutations: unknown = {}) => {
  return parseManifest({ version: 1, contexts, mutations });
};

describe("a manifest", () => {
  test("is read as upstream's example has it, an unknown name in affects being a warning", () => {
    const { manifest, problems } = parseManifest(EXAMPLE);
    expect(problems).toEqual([
      {
        path: "mutations.stripe_webhook.affects[0]",
        message: 'nothing is called "subscription": it invalidates nothing',
        severity: "warning",
      },
    ]);
    expect([...(manifest?.contexts.keys() ?? [])]).toEqual(["catalog", "user"]);
    expect(manifest?.contexts.get("user")).toMatchObject({
      userScoped: true,
      pageRoutes: ["/profile/:user_id/"],
      params: ["user_id"],
      rev: 0,
      cache: true,
    });
    expect(manifest?.mutations.get("update_profile")).toMatchObject({
      affects: ["user"],
      route: null,
      methods: ["POST"],
    });
    expect(manifest?.mutations.get("stripe_webhook")).toMatchObject({
      affects: [],
      unknownAffects: ["subscription"],
      isPrivate: true,
      route: "/webhooks/stripe/",
    });
    expect(manifest?.bases).toEqual(["/api/mizan/"]);
    expect(manifest?.functions.get("user_profile")).toEqual(["user"]);
  });

  test("may call page routes `views`, as the first ones did", () => {
    const manifest = readContexts({ user: buildContext("user", { views: ["/u/:user_id/"] }) });
    expect(manifest.contexts.get("user")?.pageRoutes).toEqual(["/u/:user_id/"]);
  });

  test.each(["user_id", "user", "owner_id", "account_id", "userId", "ownerId", "accountId"])(
    "is user-scoped by a parameter called %s, whatever its flag says",
    (param) => {
      const manifest = readContexts({
        x: buildContext("x", { params: [param], user_scoped: false }),
      });
      expect(manifest.contexts.get("x")?.userScoped).toBe(true);
    },
  );

  test.each([
    ["another version", { ...EXAMPLE, version: 2 }, "version"],
    ["no version", { contexts: {}, mutations: {} }, "version"],
    ["a list of contexts", { ...EXAMPLE, contexts: [] }, "contexts"],
    ["no mutations", { version: 1, contexts: {} }, "mutations"],
    ["text", "{}", "manifest"],
  ])("with %s is refused", (_, raw, path) => {
    const { manifest, problems } = parseManifest(raw);
    expect(manifest).toBeNull();
    expect(problems.map((problem) => problem.path)).toContain(path);
  });

  test("names every problem with its place, not the first alone", () => {
    const { problems } = parseContexts(
      {
        "a;b": buildContext("a;b"),
        _mizan_probe: buildContext("_mizan_probe"),
        x: buildContext("x", {
          functions: [{ name: "", path: "soap" }, 3],
          params: ["p", 5],
          rev: 1.5,
          cache: "yes",
          user_scoped: 1,
          endpoints: ["/api/mizan/ctx/y/", "https://evil.example/ctx/x/", "/a/../ctx/x/"],
        }),
      },
      { m: { affects: [5] } },
    );
    expect(problems.map(({ path, severity }) => `${severity} ${path}`).sort()).toEqual([
      "error contexts._mizan_probe",
      "error contexts.a;b",
      "error contexts.x.cache",
      "error contexts.x.endpoints[0]",
      "error contexts.x.endpoints[1]",
      "error contexts.x.endpoints[2]",
      "error contexts.x.functions[0].name",
      "error contexts.x.functions[0].path",
      "error contexts.x.functions[1]",
      "error contexts.x.functions[1].name",
      "error contexts.x.functions[1].path",
      "error contexts.x.params[1]",
      "error contexts.x.rev",
      "error contexts.x.user_scoped",
      "error mutations.m.affects[0]",
    ]);
  });

  test("may not give two contexts one endpoint", () => {
    const { problems } = parseContexts({
      x: buildContext("x"),
      y: buildContext("y", { endpoints: ["/api/mizan/ctx/x/"] }),
    });
    expect(problems.map(({ message }) => message)).toContain("belongs to x, too");
  });

  test("finds nothing that every object has: contexts called constructor and __proto__ are names", () => {
    const raw = JSON.parse('{"version":1,"contexts":{"__proto__":{}},"mutations":{}}');
    const { manifest } = parseManifest(raw);
    expect([...(manifest?.contexts.keys() ?? [])]).toEqual(["__proto__"]);
    expect(manifest?.contexts.get("constructor")).toBeUndefined();
  });

  test("takes anything without throwing", () => {
    fc.assert(fc.property(fc.anything(), (raw) => void parseManifest(raw)));
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (c, m) => void parseContexts(c, m)));
    const entry = fc.dictionary(
      fc.constantFrom("functions", "params", "endpoints", "rev", "cache", "page_routes", "affects"),
      fc.jsonValue(),
    );
    fc.assert(fc.property(entry, (x) => void parseContexts({ x }, { x })));
  });
});

describe("rev and cache", () => {
  const read = (fields: Readonly<Record<string, unknown>>) => {
    const context = readContexts({ x: buildContext("x", fields) }).contexts.get("x");
    return [context?.rev, context?.cache];
  };
  const functions = (...list: readonly Readonly<Record<string, unknown>>[]) => ({
    functions: list.map((fields, index) => ({ name: `f${index}`, path: "rpc", ...fields })),
  });

  test.each([
    ["nothing said", {}, [0, true]],
    ["on the context", { rev: 3, cache: 60 }, [3, 60]],
    ["highest rev, shortest cache", functions({ rev: 1, cache: 60 }, { rev: 4, cache: 9 }), [4, 9]],
    ["true is no limit", functions({ cache: true }, { cache: 30 }, {}), [0, 30]],
    ["false wins", functions({ cache: 1 }, { cache: false }), [0, false]],
    ["0 seconds is never", { cache: 0 }, [0, false]],
    ["the context's own before its functions'", { rev: 1, ...functions({ rev: 7 }) }, [1, true]],
    ["null is nothing said", { rev: null, cache: null, ...functions({ rev: 7 }) }, [7, true]],
  ])("%s", (_, fields, expected) => {
    expect(read(fields)).toEqual(expected);
  });
});

describe("affects", () => {
  const contexts = {
    user: buildContext("user", { functions: [{ name: "user_profile", path: "rpc" }] }),
    orders: buildContext("orders", { functions: [{ name: "user", path: "rpc" }] }),
  };

  test.each([
    ["a context", "user", ["user"]],
    ["a function, which is its context", "user_profile", ["user"]],
    ["{context}", { context: "orders" }, ["orders"]],
    ["{function}", { function: "user" }, ["orders"]],
    ["{type: context, name}", { type: "context", name: "user" }, ["user"]],
    ["{type: function, name}", { type: "function", name: "user" }, ["orders"]],
    ["an unknown name", "nobody", []],
    ["a function where a context is meant", { context: "user_profile" }, []],
  ])("may hold %s", (_, element, affects) => {
    const manifest = readContexts(contexts, { m: { affects: [element] } });
    expect(manifest.mutations.get("m")?.affects).toEqual(affects);
  });
});

describe("the manifest's hash", () => {
  const hash = (raw: unknown) => computeManifestHash(readManifest(raw));

  /** The same value with its keys in another order. */
  const reverseKeys = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reverseKeys);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).reverse();
    return Object.fromEntries(entries.map(([key, member]) => [key, reverseKeys(member)]));
  };

  test("does not depend on the order of keys and functions", async () => {
    const shuffled = reverseKeys(EXAMPLE) as typeof EXAMPLE;
    shuffled.contexts.user.functions.reverse();
    expect(await hash(shuffled)).toBe(await hash(EXAMPLE));
  });

  test("depends on everything else, keys that we do not know included", async () => {
    const other = structuredClone(EXAMPLE);
    Object.assign(other.contexts.user, { auth: true });
    expect(await hash(other)).not.toBe(await hash(EXAMPLE));
    expect(await hash({ ...EXAMPLE, future: 1 })).not.toBe(await hash(EXAMPLE));
  });
});
