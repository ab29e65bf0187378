import { describe, expect, test } from "vitest";
import { compareManifests } from "../../../../../edge/cache/manifest/compare-manifests.ts";
import { buildContext, EXAMPLE, readContexts, readManifest } from "./manifest-example.ts";

type Example = typeof EXAMPLE;

const compare = (change: (copy: Example) => void) => {
  const copy = structuredClone(EXAMPLE);
  change(copy);
  return compareManifests(readManifest(EXAMPLE), readManifest(copy));
};

describe("two manifests", () => {
  test("that say the same leave every context warm, in whatever order they say it", () => {
    const { changed, unchanged } = compare((copy) => copy.contexts.user.functions.reverse());
    expect({ changed, unchanged }).toEqual({ changed: [], unchanged: ["catalog", "user"] });
  });

  test.each<[string, (copy: Example) => void, readonly string[]]>([
    ["rev", (copy) => Object.assign(copy.contexts.user, { rev: 1 }), ["user"]],
    ["cache", (copy) => Object.assign(copy.contexts.catalog, { cache: 5 }), ["catalog"]],
    ["parameters", (copy) => copy.contexts.catalog.params.push("q"), ["catalog"]],
    [
      "a function's own rev",
      (copy) => Object.assign(copy.contexts.user.functions[0] ?? {}, { rev: 1 }),
      ["user"],
    ],
    [
      "a function",
      (copy) => copy.contexts.catalog.functions.push({ name: "more", path: "rpc" }),
      ["catalog"],
    ],
    ["a key that we do not know", (copy) => Object.assign(copy.contexts.user, { x: 1 }), ["user"]],
    [
      "affects: what it was and what it is",
      (copy) => {
        copy.mutations.update_profile.affects = ["catalog"];
      },
      ["catalog", "user"],
    ],
    [
      "the way that a mutation is scoped",
      (copy) => {
        copy.mutations.update_profile.auto_scoped_params = [];
      },
      ["user"],
    ],
    [
      "a new mutation",
      (copy) => Object.assign(copy.mutations, { restock: { affects: ["catalog"] } }),
      ["catalog"],
    ],
    [
      "a new context",
      (copy) => Object.assign(copy.contexts, { cart: buildContext("cart") }),
      ["cart"],
    ],
    [
      "a context that is gone",
      (copy) => {
        Reflect.deleteProperty(copy.contexts, "catalog");
      },
      ["catalog"],
    ],
  ])("that differ in %s hold what it concerns and nothing else", (_, change, changed) => {
    expect(compare(change).changed).toEqual(changed);
  });

  test("hold everything where there was no manifest before", () => {
    expect(compareManifests(null, readManifest(EXAMPLE)).changed).toEqual(["catalog", "user"]);
  });

  test("hold both contexts of a function that moved, though affects is spelled the same", () => {
    const functions = [{ name: "f", path: "rpc" }];
    const mutations = { m: { affects: ["f"] } };
    const before = {
      x: buildContext("x", { functions }),
      y: buildContext("y"),
      z: buildContext("z"),
    };
    const after = {
      x: buildContext("x"),
      y: buildContext("y", { functions }),
      z: buildContext("z"),
    };
    const result = compareManifests(
      readContexts(before, mutations),
      readContexts(after, mutations),
    );
    expect(result).toEqual({ changed: ["x", "y"], unchanged: ["z"] });
  });
});
