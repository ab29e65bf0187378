import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReleaseId, isReleaseId } from "../../../../cli/state/release-id.ts";

const time = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2099, 11) });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("createReleaseId", () => {
  it("begins with the day and is the same for the same input", () => {
    const nowMs = Date.UTC(2026, 10, 24, 17, 45, 1, 123);
    expect(createReleaseId(nowMs, 0.5)).toBe("261124121mf7i000");
  });

  it("is always 1 to 20 lower-case letters and digits", () => {
    fc.assert(
      fc.property(time, random, (nowMs, part) => {
        const id = createReleaseId(nowMs, part);
        expect(isReleaseId(id)).toBe(true);
        expect(id).toHaveLength(16);
      }),
    );
  });

  it("sorts by time, to the millisecond", () => {
    fc.assert(
      fc.property(time, time, random, random, (one, other, a, b) => {
        fc.pre(one !== other);
        expect(createReleaseId(one, a) < createReleaseId(other, b)).toBe(one < other);
      }),
    );
  });
});
