import fc from "fast-check";
import { expect, test } from "vitest";
import { BoundedMap } from "../../../../../edge/cache/memory/bounded-map.ts";

test("forgets what was used longest ago, and only as much as it must", () => {
  const map = new BoundedMap<number>(3);
  for (const [index, key] of ["a", "b", "c"].entries()) map.set(key, index);
  map.get("a");
  map.set("d", 3);
  expect(["a", "b", "c", "d"].map((key) => map.get(key))).toEqual([0, undefined, 2, 3]);
});

test("does not keep what weighs more than the whole map, nor loses others for it", () => {
  const map = new BoundedMap<number>(10);
  map.set("a", 1, 4);
  map.set("b", 2, 11);
  expect([map.get("a"), map.get("b"), map.weight]).toEqual([1, undefined, 4]);
});

test("never weighs more than its bound, and its weight is that of what it holds", () => {
  const step = fc.tuple(fc.constantFrom("a", "b", "c", "d", "e"), fc.integer({ min: 0, max: 12 }));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const map = new BoundedMap<number>(20);
      for (const [key, weight] of steps) map.set(key, weight, weight);
      const held = ["a", "b", "c", "d", "e"].map((key) => map.get(key) ?? 0);
      expect(map.weight).toBe(held.reduce((sum, weight) => sum + weight, 0));
      expect(map.weight).toBeLessThanOrEqual(20);
    }),
  );
});
