import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  EdgeLifeFile,
  type Predecessor,
} from "../../../../../../cli/targets/local/agent/edge-life.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-life-"));
  path = join(folder, "edge-life.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const NOW = 1_000_000;

function dead(sinceMs: number, ...originStartsMs: number[]): Predecessor {
  return { kind: "dead", sinceMs, originStartsMs };
}

test("an environment's first process has no quarantine, and each has an incarnation of its own", () => {
  const life = new EdgeLifeFile(path);
  const first = life.buildStart(dead(NOW, NOW - 5), NOW);
  expect(first).toMatchObject({ quarantineUntilMs: 0, holds: [] });
  expect(life.buildStart(dead(NOW), NOW).incarnation).not.toBe(first.incarnation);
});

test("after a death the quarantine lasts W, the longest limit ever pushed and the clocks' difference", () => {
  new EdgeLifeFile(path).noteLimit(60);
  new EdgeLifeFile(path).noteLimit(3);
  const start = new EdgeLifeFile(path).buildStart(dead(NOW, NOW - 5), NOW);
  expect(start.quarantineUntilMs).toBe(NOW + 2000 + 60_000 + 2000);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("one origin process that is older than the death is enough", () => {
  const life = new EdgeLifeFile(path);
  life.noteLimit(1);
  expect(life.buildStart(dead(NOW, NOW + 1, NOW + 2), NOW).quarantineUntilMs).toBe(0);
  expect(life.buildStart(dead(NOW, NOW + 1, NOW), NOW).quarantineUntilMs).toBe(NOW + 5000);
  expect(life.buildStart(dead(NOW), NOW).quarantineUntilMs).toBe(0);
});

test("one that replaces another is born held, for as long as that may go on and H", () => {
  const life = new EdgeLifeFile(path);
  life.noteLimit(1);
  const start = life.buildStart({ kind: "replaced", drainMs: 10_000, holdId: "r" }, NOW);
  expect(start).toMatchObject({
    quarantineUntilMs: 0,
    holds: [{ id: "r", scope: "*", untilMs: NOW + 15_000 }],
  });
});

test("holds are given to the next process until they are released or over", () => {
  const life = new EdgeLifeFile(path);
  const hold = { action: "hold", id: "a", scope: ["x"], untilMs: NOW + 10 } as const;
  life.noteHold(hold);
  life.noteHold({ ...hold, scope: ["y"], untilMs: NOW + 5 });
  life.noteHold({ ...hold, id: "b", scope: "*", untilMs: null });
  const holds = (nowMs: number) => new EdgeLifeFile(path).buildStart(dead(NOW), nowMs).holds;
  expect(holds(NOW)).toEqual([
    { id: "a", scope: ["x", "y"], untilMs: NOW + 10 },
    { id: "b", scope: "*", untilMs: null },
  ]);
  expect(holds(NOW + 10).map(({ id }) => id)).toEqual(["b"]);
  life.noteHold({ action: "release", id: "b" });
  expect(holds(NOW + 10)).toEqual([]);
});

test("holds that are over do not gather in the file, whose end nobody says", () => {
  const life = new EdgeLifeFile(path);
  for (let deploy = 0; deploy < 50; deploy += 1) {
    const nowMs = NOW + deploy * 100;
    life.forgetEndedHolds(nowMs);
    life.noteHold({ action: "hold", id: `switch-${deploy}`, scope: "*", untilMs: nowMs + 90 });
  }
  const { holds } = JSON.parse(readFileSync(path, "utf8"));
  expect(holds.map(({ id }: { id: string }) => id)).toEqual(["switch-49"]);
});
