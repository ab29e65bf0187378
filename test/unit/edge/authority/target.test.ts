import { describe, expect, test } from "vitest";
import { parseInvalidateHeader } from "../../../../edge/authority/invalidate-header.ts";
import { parseTargets } from "../../../../edge/authority/json-targets.ts";
import {
  findScope,
  type ManifestView,
  mergeScopes,
  resolveTargets,
} from "../../../../edge/authority/target.ts";

const view: ManifestView = {
  contexts: new Map([
    ["user", { params: ["user_id"] }],
    ["list", { params: ["page", "active"] }],
    ["news", { params: [] }],
    ["both", { params: [] }],
  ]),
  functions: new Map([
    ["user_profile", ["user"]],
    ["both", ["news"]],
  ]),
};

function resolve(raw: unknown) {
  const targets = parseTargets(raw);
  return targets === null ? null : resolveTargets(targets, view);
}

function row(context: string, param: string, value: string) {
  return { kind: "row", context, param, value };
}

describe("a target bumps", () => {
  test.each<[string, unknown, object[]]>([
    ["its context", ["user"], [{ kind: "context", context: "user" }]],
    ["one row", [{ context: "user", params: { user_id: 5 } }], [row("user", "user_id", "5")]],
    [
      "one row where it has several parameters",
      [{ context: "list", params: { active: "red", page: 2 } }],
      [row("list", "page", "2")],
    ],
    [
      "the row of the value that is plain",
      [{ context: "list", params: { active: "red", page: 2.5 } }],
      [row("list", "active", "red")],
    ],
    ["everything", "*", [{ kind: "everything" }]],
    ["everything as an element too", ["*"], [{ kind: "everything" }]],
    ["the context of its function", ["user_profile"], [{ kind: "context", context: "user" }]],
    [
      "the whole context of its function, whatever the parameters",
      [{ function: "user_profile", params: { user_id: 5 } }],
      [{ kind: "context", context: "user" }],
    ],
    [
      "the context and the function of that name",
      ["both"],
      [
        { kind: "context", context: "both" },
        { kind: "context", context: "news" },
      ],
    ],
  ])("%s", (_, raw, tags) => {
    expect(resolve(raw)).toEqual({ tags, unknownNames: [] });
  });

  test.each<[string, unknown]>([
    ["a boolean", true],
    ["null", null],
    ["a float", 5.5],
    ["a list", [5]],
    ["an object", { id: 5 }],
    ["an integer that JSON numbers cannot hold", JSON.parse("9007199254740993")],
    ["a negative integer", -5],
    ["another spelling", "05"],
  ])("the context where the value is %s", (_, value) => {
    const tags = [{ kind: "context", context: "user" }];
    expect(resolve([{ context: "user", params: { user_id: value } }])?.tags).toEqual(tags);
  });

  test("the context where a parameter is not the manifest's", () => {
    const params = { user_id: 5, constructor: 1 };
    const tags = [{ kind: "context", context: "user" }];
    expect(resolve([{ context: "user", params }])?.tags).toEqual(tags);
  });

  test("nothing where nobody knows the name, which is counted", () => {
    const resolved = resolve(["subscription", "user", "toString"]);
    expect(resolved?.unknownNames).toEqual(["subscription", "toString"]);
    expect(resolved?.tags).toEqual([{ kind: "context", context: "user" }]);
  });
});

/** `computed_invalidate_headers` of the protocol's vectors.json. */
const VECTORS: readonly [unknown[], string][] = [
  [["user"], "user"],
  [["user", "notifications"], "user, notifications"],
  [[{ context: "user", params: { user_id: 5 } }], "user;user_id=5"],
  [[{ context: "user", params: { user_id: 5 } }, "notifications"], "user;user_id=5, notifications"],
  [[{ context: "search", params: { q: 'a;b, c=d "x"' } }], "search;q=a%3Bb%2C%20c%3Dd%20%22x%22"],
  [[{ context: "search", params: { q: "50% café/x" } }], "search;q=50%25%20caf%C3%A9%2Fx"],
  [[{ context: "list", params: { active: true, page: 2 } }], "list;active=true;page=2"],
];

test.each(VECTORS)("%j and the header %j name the same", (json, header) => {
  const wide: ManifestView = {
    contexts: new Map([
      ...view.contexts,
      ["notifications", { params: [] }],
      ["search", { params: ["q"] }],
    ]),
    functions: view.functions,
  };
  const fromJson = parseTargets(json);
  const fromHeader = parseInvalidateHeader(header);
  if (fromJson === null || fromHeader === null) throw new Error("not read");
  expect(fromHeader.map(({ name }) => name)).toEqual(
    json.map((target) => (typeof target === "string" ? target : Object.values(target ?? {})[0])),
  );
  expect(resolveTargets(fromHeader, wide)).toEqual(resolveTargets(fromJson, wide));
  expect(resolveTargets(fromHeader, wide).unknownNames).toEqual([]);
});

test("a scope holds each context once, and everything swallows the rest", () => {
  const tags = resolve(["user", { context: "user", params: { user_id: 5 } }, "news"])?.tags ?? [];
  expect(findScope(tags)).toEqual(["user", "news"]);
  expect(findScope([...tags, { kind: "everything" }])).toBe("*");
  expect(mergeScopes(["a", "b"], ["b", "c"])).toEqual(["a", "b", "c"]);
  expect(mergeScopes(["a"], "*")).toBe("*");
});
