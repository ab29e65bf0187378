import { describe, expect, it } from "vitest";
import { decideRecovery } from "../../../../cli/state/decide-recovery.ts";
import {
  type JournalOptions,
  openJournal,
  readLastJournal,
  readUnfinished,
  resumeJournal,
} from "../../../../cli/state/journal.ts";
import { useTempStore } from "./temp-store.ts";

const temp = useTempStore();
let clockMs = 0;
const nowMs = () => {
  clockMs += 1;
  return clockMs;
};
const options: JournalOptions = { kind: "deploy", release: "b", from: "a", run: "ann@pc", nowMs };

describe("journal", () => {
  it("shows a step as started, with what undoes it, while it runs", async () => {
    const { store } = temp();
    const journal = await openJournal(store, options);
    const undo = { process: "origin", release: "b" };
    const result = await journal.step(
      "origin",
      async () => {
        expect((await readUnfinished(store))?.steps).toEqual([
          { name: "origin", state: "started", startedAtMs: expect.any(Number), undo },
        ]);
        return 42;
      },
      { undo },
    );
    expect(result).toBe(42);
    expect((await readUnfinished(store))?.steps).toMatchObject([{ state: "done", undo }]);
  });

  it("notes a failed step and lets its own error through", async () => {
    const { store } = temp();
    const journal = await openJournal(store, options);
    const failing = journal.step("migrate", async () => {
      throw new Error("hunter2 refused");
    });
    await expect(failing).rejects.toThrow("hunter2 refused");
    expect((await readUnfinished(store))?.steps).toMatchObject([{ state: "failed" }]);
    expect(JSON.stringify(await readUnfinished(store))).not.toContain("hunter2");
  });

  it("is gone once closed, and kept as the last one", async () => {
    const { store } = temp();
    const journal = await openJournal(store, options);
    await journal.step("switch", async () => {});
    await journal.close("finished");
    expect(await readUnfinished(store)).toBeNull();
    expect(await readLastJournal(store)).toMatchObject({
      kind: "deploy",
      outcome: "finished",
      steps: [{ name: "switch", state: "done" }],
    });
    await (await openJournal(store, { ...options, kind: "rollback" })).close("undone");
    expect(await readLastJournal(store)).toMatchObject({ kind: "rollback", outcome: "undone" });
  });

  it("refuses to begin while an unfinished one is there", async () => {
    const { store } = temp();
    await openJournal(store, options);
    await expect(openJournal(store, options)).rejects.toMatchObject({
      code: "STATE_CONFLICT",
      exitCode: 8,
      hint: expect.any(String),
    });
  });

  it("goes on in another process: a step that runs again replaces its entry", async () => {
    const { store } = temp();
    expect(await resumeJournal(store, nowMs)).toBeNull();
    const journal = await openJournal(store, options);
    await journal.step("build", async () => {});
    await journal.step("start", async () => Promise.reject(new Error("cut"))).catch(() => {});
    const resumed = await resumeJournal(store, nowMs);
    await resumed?.step("start", async () => {});
    expect(resumed?.record.steps).toMatchObject([
      { name: "build", state: "done" },
      { name: "start", state: "done" },
    ]);
    await resumed?.close("finished");
    expect(await readUnfinished(store)).toBeNull();
  });

  it("stops one whose journal another command took over, before its next step runs", async () => {
    const { store } = temp();
    const lost = await openJournal(store, options);
    const other = await resumeJournal(store, nowMs);
    await other?.step("repair", async () => {});
    let hasRun = false;
    const step = lost.step("switch", async () => {
      hasRun = true;
    });
    await expect(step).rejects.toMatchObject({ code: "STATE_CONFLICT" });
    await expect(lost.close("finished")).rejects.toMatchObject({ code: "STATE_CONFLICT" });
    expect(hasRun).toBe(false);
  });
});

describe("decideRecovery", () => {
  it.each([
    ["deploy", "b", "b", "finish"],
    ["deploy", "b", "a", "undo"],
    ["deploy", "b", null, "undo"],
    ["rollback", "a", "a", "finish"],
    ["rollback", "a", "b", "undo"],
    ["up", "a", "a", "finish"],
    ["down", null, "a", "finish"],
    ["destroy", null, null, "finish"],
  ] as const)("of a %s to %s with %s live is: %s", (kind, release, live, action) => {
    const pointer = live === null ? null : { release: live };
    const steps = [{ name: "first", state: "started", startedAtMs: 0 }] as const;
    expect(decideRecovery({ kind, release, steps: [...steps] }, pointer)).toEqual({
      action,
      reason: expect.any(String),
    });
  });

  it.each(["down", "destroy"] as const)("of a %s that had done nothing yet is: undo", (kind) => {
    const journal = { kind, release: null, steps: [] };
    expect(decideRecovery(journal, { release: "a" })).toMatchObject({ action: "undo" });
  });
});
