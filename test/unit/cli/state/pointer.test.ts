import { describe, expect, it } from "vitest";
import { moveCurrent, readCurrent } from "../../../../cli/state/pointer.ts";
import { useTempStore } from "./temp-store.ts";

const temp = useTempStore();
const nowMs = Date.UTC(2026, 10, 24);

describe("pointer", () => {
  it("names nothing before the first move", async () => {
    expect(await readCurrent(temp().store)).toBeNull();
  });

  it("moves from one release to the next and remembers the one before", async () => {
    const { store } = temp();
    await moveCurrent(store, { from: null, to: "a", nowMs });
    await moveCurrent(store, { from: "a", to: "b", nowMs });
    expect(await readCurrent(store)).toEqual({
      release: "b",
      previous: "a",
      movedAt: "2026-11-24T00:00:00.000Z",
    });
  });

  it("does not move when another release is live than expected", async () => {
    const { store } = temp();
    const conflict = { code: "STATE_CONFLICT", exitCode: 8, hint: expect.any(String) };
    await expect(moveCurrent(store, { from: "a", to: "b", nowMs })).rejects.toMatchObject(conflict);
    await moveCurrent(store, { from: null, to: "a", nowMs });
    await expect(moveCurrent(store, { from: "x", to: "b", nowMs })).rejects.toMatchObject(conflict);
    await expect(moveCurrent(store, { from: null, to: "b", nowMs })).rejects.toMatchObject(
      conflict,
    );
    expect((await readCurrent(store))?.release).toBe("a");
  });

  it("changes nothing when the same move runs again after a crash", async () => {
    const { store } = temp();
    await moveCurrent(store, { from: null, to: "a", nowMs });
    const first = await moveCurrent(store, { from: "a", to: "b", nowMs });
    expect(await moveCurrent(store, { from: "a", to: "b", nowMs: nowMs + 9 })).toEqual(first);
    expect((await readCurrent(store))?.previous).toBe("a");
  });

  it("lets one of many movers win", async () => {
    const { store } = temp();
    await moveCurrent(store, { from: null, to: "a", nowMs });
    const moves = Array.from({ length: 8 }, (_, index) =>
      moveCurrent(store, { from: "a", to: `b${index}`, nowMs }),
    );
    const results = await Promise.allSettled(moves);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
