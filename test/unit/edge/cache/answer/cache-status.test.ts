import { expect, test } from "vitest";
import {
  buildCacheStatus,
  buildOutcomeMark,
  buildServerTiming,
  type Outcome,
} from "../../../../../edge/cache/answer/cache-status.ts";
import { BYPASS_REASONS } from "../../../../../edge/cache/read/decide-read.ts";
import { STORE_REFUSALS } from "../../../../../edge/cache/read/decide-store.ts";

const miss = { kind: "miss", notStored: null, originStatus: 200, isCollapsed: false } as const;

test.each<[Outcome, string, string]>([
  [{ kind: "hit", remainingTtlMs: 12_999 }, "HIT", "mizan-edge; hit; ttl=12"],
  [miss, "MISS", "mizan-edge; fwd=miss; fwd-status=200; stored"],
  [
    { ...miss, isCollapsed: true },
    "MISS",
    "mizan-edge; fwd=miss; fwd-status=200; stored; collapsed",
  ],
  [
    { ...miss, notStored: "status", originStatus: 500 },
    "MISS; stored=0; reason=status",
    "mizan-edge; fwd=miss; fwd-status=500; detail=status",
  ],
  [
    { kind: "bypass", reason: "credentials" },
    "BYPASS; reason=credentials",
    "mizan-edge; fwd=bypass; detail=credentials",
  ],
  [
    { kind: "bypass", reason: "method" },
    "BYPASS; reason=method",
    "mizan-edge; fwd=method; detail=method",
  ],
  [{ kind: "bypass", reason: "static" }, "BYPASS; reason=static", "mizan-edge; detail=static"],
])("%o is said as %s", (outcome, mark, status) => {
  expect(buildOutcomeMark(outcome)).toBe(mark);
  expect(buildCacheStatus(outcome)).toBe(status);
});

test("every reason is a token of a structured field (RFC 9651)", () => {
  for (const reason of [...BYPASS_REASONS, ...STORE_REFUSALS])
    expect(reason).toMatch(/^[a-z][a-z-]*$/);
});

test("the durations name the origin only where it was asked", () => {
  expect(buildServerTiming({ edgeMs: 2, originMs: 40 })).toBe("origin;dur=40, edge;dur=2");
  expect(buildServerTiming({ edgeMs: 0, originMs: null })).toBe("edge;dur=0");
});
