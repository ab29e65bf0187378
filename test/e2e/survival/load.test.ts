/** Deploy, rollback and deploy again under 200 requests/s lose no request and no write (D5). */

import { expect, onTestFinished, test } from "vitest";
import {
  assertNoneLost,
  type LoadAnswer,
  type LoadRequest,
  startLoad,
} from "../../helpers/load.ts";
import { createSurvivalApp, type SurvivalApp } from "./survival-app.ts";

const RATE_PER_SECOND = 200;

const MIGRATION = `from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entries", "0001_initial")]
    operations = [migrations.AddField("entry", "note", models.TextField(null=True))]
`;

/** Every other request writes. */
function nextRequest(index: number): LoadRequest {
  if (index % 2 === 1) return { path: index % 4 === 1 ? "/entries/latest" : "/version" };
  return { method: "POST", path: `/entries?text=entry-${index}`, expectedStatuses: [201] };
}

interface Change {
  readonly words: readonly string[];
  /** What the app says from then on. */
  readonly version: string;
  readonly prepare?: () => Promise<void>;
}

interface Phase {
  readonly version: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

async function runUnderLoad(app: SurvivalApp, changes: readonly Change[]) {
  const load = startLoad({ origin: app.origin, ratePerSecond: RATE_PER_SECOND, next: nextRequest });
  const phases: Phase[] = [];
  try {
    for (const { words, version, prepare } of changes) {
      await prepare?.();
      const startedAtMs = Date.now();
      await app.mizan(words);
      phases.push({ version, startedAtMs, endedAtMs: Date.now() });
    }
  } finally {
    // What comes after the last switch counts too.
    await new Promise((resolve) => setTimeout(resolve, 500));
    phases.push({ version: "", startedAtMs: Date.now(), endedAtMs: Date.now() });
  }
  return { answers: await load.stop(), phases };
}

/** After the first answer of the new version no request that began later gets the old one. */
function expectOrder(before: string, answers: readonly LoadAnswer[], phases: readonly Phase[]) {
  let old = before;
  phases.slice(0, -1).forEach(({ version, startedAtMs, endedAtMs }, index) => {
    const untilMs = phases[index + 1]?.startedAtMs ?? 0;
    const during = answers.filter(({ dueAtMs }) => dueAtMs >= startedAtMs && dueAtMs < untilMs);
    const isNew = (answer: LoadAnswer) => versionOf(answer) === version;
    const times = during.filter(isNew).map(({ dueAtMs, latencyMs }) => dueAtMs + latencyMs);
    // At the latest when the command has ended.
    const firstAtMs = Math.min(endedAtMs, ...times);
    const late = during.filter((answer) => answer.dueAtMs > firstAtMs && !isNew(answer));
    expect(late, `no ${old} after ${version}`).toEqual([]);
    old = version;
  });
}

function versionOf(answer: LoadAnswer): string {
  return (JSON.parse(answer.body) as { version: string }).version; // the fixture's views
}

async function expectNoWriteLost(app: SurvivalApp, answers: readonly LoadAnswer[]) {
  const written = answers
    .filter(({ request }) => request.method === "POST")
    .map(({ body }) => (JSON.parse(body) as { id: number }).id);
  const { ids } = await app.read<{ ids: number[] }>("/entries/all");
  expect(new Set(written).size).toBe(written.length);
  expect([...written].sort((a, b) => a - b)).toEqual(ids);
}

function reportFigures(title: string, answers: readonly LoadAnswer[]): void {
  const latencies = answers.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const at = (share: number) => Math.round(latencies[Math.floor(latencies.length * share)] ?? 0);
  process.stdout.write(
    `${title}: ${answers.length} requests, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(0.99999)} ms\n`,
  );
}

test("with PostgreSQL and a migration, deploy, rollback and deploy lose none of 200 requests/s", async () => {
  const app = await createSurvivalApp("ledger", { variables: { LEDGER_DATABASE: "postgresql" } });
  onTestFinished(() => app.remove());
  await app.mizan(["deploy"]);
  const { answers, phases } = await runUnderLoad(app, [
    {
      words: ["deploy"],
      version: "2",
      prepare: async () => {
        await app.setVersion("2");
        await app.edit("entries/migrations/0002_entry_note.py", () => MIGRATION);
        await app.edit(
          "entries/models.py",
          (text) => `${text}    note = models.TextField(null=True)\n`,
        );
      },
    },
    { words: ["rollback"], version: "1" },
    { words: ["deploy"], version: "3", prepare: () => app.setVersion("3") },
  ]);
  reportFigures("PostgreSQL", answers);
  assertNoneLost(answers);
  expectOrder("1", answers, phases);
  await expectNoWriteLost(app, answers);
});

test("with SQLite and no migration, deploy, rollback and deploy lose none of 200 requests/s", async () => {
  const app = await createSurvivalApp("ledger");
  onTestFinished(() => app.remove());
  await app.mizan(["deploy"]);
  const { answers, phases } = await runUnderLoad(app, [
    { words: ["deploy"], version: "2", prepare: () => app.setVersion("2") },
    { words: ["rollback"], version: "1" },
    { words: ["deploy"], version: "3", prepare: () => app.setVersion("3") },
  ]);
  reportFigures("SQLite", answers);
  assertNoneLost(answers);
  expectOrder("1", answers, phases);
  await expectNoWriteLost(app, answers);
});
