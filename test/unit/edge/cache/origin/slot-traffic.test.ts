import { expect, test } from "vitest";
import { SlotTraffic } from "../../../../../edge/cache/origin/slot-traffic.ts";

test("counts per slot, ends once, and forgets idle slots", () => {
  const traffic = new SlotTraffic();
  const ends = [traffic.begin(0), traffic.begin(0), traffic.begin(3)];
  expect(traffic.report()).toEqual({ 0: 2, 3: 1 });
  ends[0]?.();
  ends[0]?.();
  expect(traffic.report()).toEqual({ 0: 1, 3: 1 });
  for (const end of ends) end();
  expect(traffic.report()).toEqual({});
});
