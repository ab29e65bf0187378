import { expect, test } from "vitest";
import { editDistance, nearestName } from "../../../../cli/inspect/nearest-name.ts";

test("finds what was probably meant, and nothing far away", () => {
  const known = ["environments", "facts", "port", "host", "hosts"];
  expect(nearestName("enviroments", known)).toBe("environments");
  expect(nearestName("Port", known)).toBe("port");
  expect(nearestName("hots", known)).toBe("hosts");
  expect(nearestName("anything", known)).toBeNull();
});

test("counts single letters", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("", "abc")).toBe(3);
});
