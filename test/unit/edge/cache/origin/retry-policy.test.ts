import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decideRetryMs,
  hasReachedApp,
  isRepeatable,
} from "../../../../../edge/cache/origin/retry-policy.ts";

test("only what changes nothing and has no body is repeated", () => {
  expect(isRepeatable("GET", false)).toBe(true);
  expect(isRepeatable("HEAD", false)).toBe(true);
  expect(isRepeatable("GET", true)).toBe(false);
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    expect(isRepeatable(method, false)).toBe(false);
  }
});

test("refused connections are tried again for about three seconds, then given up", () => {
  let elapsedMs = 0;
  let count = 0;
  for (;;) {
    count++;
    const delayMs = decideRetryMs({ count, reachedApp: 0, elapsedMs });
    if (delayMs === null) break;
    elapsedMs += delayMs;
  }
  expect(elapsedMs).toBeGreaterThan(2500);
  expect(elapsedMs).toBeLessThanOrEqual(3000);
  expect(count).toBeLessThan(25);
});

test("no answer takes five seconds, and no request kills more than two processes", () => {
  const attempts = fc.record({
    count: fc.integer({ min: 1, max: 1000 }),
    reachedApp: fc.nat(3),
    elapsedMs: fc.nat(9000),
  });
  fc.assert(
    fc.property(attempts, (so) => {
      const delayMs = decideRetryMs(so);
      if (delayMs === null) return;
      expect(so.reachedApp).toBeLessThan(2);
      expect(so.elapsedMs + delayMs).toBeLessThanOrEqual(3000);
    }),
  );
  expect([hasReachedApp(5), hasReachedApp(100)]).toEqual([false, true]);
});
