/** What scripts rely on: the result of every command has exactly these keys, and `--json` says nothing else. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { runMizan } from "../../helpers/run-mizan.ts";
import type { TempProject } from "../../helpers/temp-project.ts";
import { createTinyProject, runWords } from "./use-mizan.ts";

const base = { type: z.literal("result"), ok: z.literal(true) };
const where = { environment: z.literal("local"), target: z.literal("local") };
const releaseId = z.string().regex(/^[a-z0-9]{1,20}$/);
const url = z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/);
const durationMs = z.number().nonnegative();
const findings = z.array(
  z.strictObject({
    code: z.string(),
    severity: z.enum(["error", "warning", "info"]),
    message: z.string().min(1),
    evidence: z.string(),
    hint: z.string().min(1),
  }),
);

const deploySchema = z.strictObject({
  ...base,
  ...where,
  release: releaseId,
  url,
  unchanged: z.boolean(),
  edge: z.string(),
  durationMs,
  steps: z.array(z.strictObject({ name: z.string(), durationMs, skipped: z.boolean() })).min(1),
});
const processes = z.array(
  z.strictObject({
    name: z.string(),
    release: releaseId.nullable(),
    pid: z.int().positive().nullable(),
    state: z.string(),
    restarts: z.int().nonnegative(),
  }),
);
const statusSchema = z.strictObject({
  ...base,
  ...where,
  url: url.nullable(),
  release: releaseId.nullable(),
  state: z.enum(["up", "down", "none"]),
  processes,
  agentPid: z.int().positive().nullable(),
  edge: z.string(),
});
const releasesSchema = z.strictObject({
  ...base,
  releases: z.array(
    z.strictObject({
      id: releaseId,
      createdAt: z.iso.datetime(),
      status: z.string(),
      current: z.boolean(),
      gitCommit: z
        .string()
        .regex(/^[0-9a-f]{40}$/)
        .nullable(),
      dirty: z.boolean().nullable(),
    }),
  ),
});
const rollbackSchema = z.strictObject({ ...base, from: releaseId, to: releaseId, url, durationMs });
const planSchema = z.strictObject({
  ...base,
  ...where,
  release: releaseId.nullable(),
  changes: z.array(
    z.strictObject({
      area: z.string(),
      action: z.enum(["create", "change", "keep", "run", "missing"]),
      text: z.string().min(1),
    }),
  ),
  findings,
});

const fact = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({
    value,
    from: z.string(),
    confidence: z.string(),
    override: z.string(),
    considered: z
      .array(
        z.strictObject({
          value: z.unknown(),
          from: z.string(),
          isChosen: z.boolean(),
          why: z.string().min(1),
        }),
      )
      .min(2)
      .optional(),
  });
const entryPoint = z
  .string()
  .regex(/^[\w.]+:\w+$/)
  .nullable();
/** The keys that stay; more may come. */
const namedFacts = z.looseObject({
  "backend.root": fact(z.string()),
  "backend.framework": fact(z.literal("django")),
  "backend.settingsModule": fact(z.string()),
  "backend.wsgi": fact(entryPoint),
  "backend.asgi": fact(entryPoint),
  "backend.interface": fact(z.enum(["wsgi", "asgi"])),
  "backend.packageManager": fact(
    z.enum(["uv", "poetry", "pdm", "pipenv", "requirements", "pep621"]).nullable(),
  ),
  "backend.python": fact(z.string().nullable()),
  "backend.database": fact(z.enum(["sqlite", "postgresql", "mysql", "oracle"]).nullable()),
  "backend.celery": fact(z.strictObject({ app: z.string(), beat: z.boolean() }).nullable()),
  "backend.channels": fact(z.boolean()),
  frontends: fact(
    z.array(
      z.strictObject({
        root: z.string(),
        packageManager: z.string(),
        framework: z.string().nullable(),
        bundler: z.string().nullable(),
        build: z.string().nullable(),
        output: z.string().nullable(),
      }),
    ),
  ),
  processes: fact(z.record(z.string(), z.string())),
  dockerfiles: fact(z.array(z.string())),
  compose: fact(z.array(z.string())),
  mizan: fact(z.unknown()),
});
const inspectSchema = z.strictObject({
  ...base,
  version: z.literal(1),
  facts: namedFacts.catchall(fact(z.unknown())),
  findings,
});
const eventSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("step"),
    name: z.string(),
    title: z.string(),
    status: z.enum(["started", "done", "skipped", "failed"]),
    reason: z.string().optional(),
    durationMs: durationMs.optional(),
  }),
  z.strictObject({ type: z.literal("progress"), name: z.string(), text: z.string() }),
  z.strictObject({ type: z.literal("note"), name: z.string(), text: z.string() }),
  z.strictObject({ type: z.literal("warning"), message: z.string() }),
  z.strictObject({ type: z.literal("log"), process: z.string(), line: z.string() }),
]);
const errorSchema = z.strictObject({
  type: z.literal("result"),
  ok: z.literal(false),
  error: z.strictObject({
    code: z.string().regex(/^[A-Z_]+$/),
    message: z.string().min(1),
    hint: z.string().min(1),
    docs: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  }),
  exitCode: z.int().positive(),
});

let project: TempProject;
/** Ids in the order in which they went live. */
const live: string[] = [];

beforeAll(async () => {
  project = await createTinyProject();
});
afterAll(() => project.remove());

/** Every line of stdout is an event or the result; nothing goes to stderr. */
async function run<T>(words: readonly string[], schema: z.ZodType<T>): Promise<T> {
  const { events, result, stderr, exitCode } = await runMizan(words, { cwd: project.folder });
  expect(stderr).toBe("");
  for (const event of events) eventSchema.parse(event);
  const parsed = schema.parse(result);
  const wanted = (result as { exitCode?: number } | null)?.exitCode ?? 0;
  expect(exitCode).toBe(wanted);
  return parsed;
}

test("before anything is deployed, status, releases, plan and inspect answer", async () => {
  const status = await run(["status"], statusSchema);
  expect(status).toMatchObject({ url: null, release: null, state: "none", processes: [] });
  expect(await run(["releases"], releasesSchema)).toMatchObject({ releases: [] });
  expect(await run(["plan"], planSchema)).toMatchObject({ release: null });
  const { facts } = await run(["inspect", "--static"], inspectSchema);
  expect(facts["backend.root"].value).toBe(".");
  expect(facts["backend.wsgi"].value).toBe("tiny.wsgi:application");
  expect(await run(["rollback"], errorSchema)).toMatchObject({ exitCode: 3 });
});

test("deploy: environment, target, release, url, unchanged, edge, durationMs, steps", async () => {
  const first = await run(["deploy"], deploySchema);
  expect(first.unchanged).toBe(false);
  live.push(first.release);
  const again = await run(["deploy"], deploySchema);
  expect(again).toMatchObject({ unchanged: true, release: first.release, url: first.url });
  await project.edit("tiny/urls.py", (text) => text.replace('"1"', '"2"'));
  const second = await run(["deploy"], deploySchema);
  expect(second.url).toBe(first.url);
  expect(second.steps.map(({ name }) => name)).toContain("switch");
  live.push(second.release);
  const forced = await run(["deploy", "--force"], deploySchema);
  expect(forced.unchanged).toBe(false);
  live.push(forced.release);
});

test("status: what is live, its address and its processes", async () => {
  const status = await run(["status"], statusSchema);
  expect(status).toMatchObject({ state: "up", release: live.at(-1) });
  const named = status.processes.filter(({ release }) => release === live.at(-1));
  expect(named.map(({ name, state }) => ({ name, state }))).toEqual([
    { name: "origin", state: "ready" },
  ]);
});

test("deploy and status say that the Edge passes a plain app through, and why", async () => {
  const edge = "Edge: passes through and serves static files: the app has no Mizan manifest.";
  expect(await run(["deploy"], deploySchema)).toMatchObject({ unchanged: true, edge });
  expect(await run(["status"], statusSchema)).toMatchObject({ edge });
  const { stdout } = await runWords(["status"], { cwd: project.folder });
  expect(stdout.split("\n").at(-1)).toBe(`  ${edge}`);
});

test("releases: the newest first, one of them current, the commit and whether it was dirty", async () => {
  const { releases } = await run(["releases"], releasesSchema);
  expect(releases.map(({ id }) => id)).toEqual([...live].reverse());
  expect(releases.map(({ current }) => current)).toEqual([true, false, false]);
  expect(releases.map(({ dirty }) => dirty)).toEqual([true, true, false]);
});

test("rollback: from, to, url, durationMs", async () => {
  const result = await run(["rollback"], rollbackSchema);
  expect(result).toMatchObject({ from: live[2], to: live[1] });
  const named = await run(["rollback", String(live[0])], rollbackSchema);
  expect(named).toMatchObject({ from: live[1], to: live[0] });
  expect(await run(["rollback", "nosuchrelease"], errorSchema)).toMatchObject({
    error: { code: "RELEASE_UNKNOWN" },
    exitCode: 3,
  });
});

test("inspect and plan read the settings of an environment that was deployed", async () => {
  const { facts } = await run(["inspect"], inspectSchema);
  expect(facts["backend.database"].value).toBe("sqlite");
  expect(Object.keys(facts)).toContain("settings.overlay");
  const plan = await run(["plan"], planSchema);
  expect(plan.changes.map(({ area }) => area)).toContain("overlay");
});

test("a wrong command line, an unknown command and a missing answer are results, too", async () => {
  expect(await run(["deploy", "--frob"], errorSchema)).toMatchObject({ exitCode: 2 });
  expect(await run(["frobnicate"], errorSchema)).toMatchObject({ exitCode: 2 });
  expect(await run(["logs", "--lines", "some"], errorSchema)).toMatchObject({ exitCode: 2 });
  expect(await run(["deploy", "--env", "nope"], errorSchema)).toMatchObject({
    error: { code: "ENVIRONMENT_UNKNOWN" },
    exitCode: 3,
  });
  expect(await run(["destroy"], errorSchema)).toMatchObject({
    error: { code: "CONFIRMATION_NEEDED" },
    exitCode: 9,
  });
});

test("a release that fails is a result with its lines, and is listed as failed", async () => {
  const before = await run(["status"], statusSchema);
  await project.edit("tiny/urls.py", (text) => `${text}\nimport nothing_here\n`);
  const failed = await run(["deploy"], errorSchema);
  expect(failed).toMatchObject({ error: { code: "SETTINGS_FAILED" }, exitCode: 7 });
  expect(String(failed.error.details["output"])).toContain("import nothing_here");
  await project.edit("tiny/urls.py", (text) => text.replace("import nothing_here\n", ""));
  const { releases } = await run(["releases"], releasesSchema);
  expect(releases[0]).toMatchObject({ status: "failed", current: false });
  expect(await run(["status"], statusSchema)).toMatchObject({ release: before.release });
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

test.each([
  { how: "--plain", words: ["--plain"], env: {} },
  { how: "CI", words: [], env: { CI: "true", FORCE_COLOR: "1" } },
])("for people, $how: one line a step with its time, no control characters", async (how) => {
  const options = { cwd: project.folder, env: how.env };
  const { exitCode, stdout, stderr } = await runWords(["deploy", "--force", ...how.words], options);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toMatch(/^Live at http:\/\/127\.0\.0\.1:\d+ \([a-z0-9]+, [\d.]+ m?s\)$/);
  const lines = stderr.split("\n");
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(line).toMatch(/^[✓–] .+ \d[\d.]* (ms|s)$/);
  expect(stdout + stderr).not.toMatch(CONTROL);
  for (const words of [["status"], ["inspect"], ["plan"], ["releases"], ["logs"], ["--help"]]) {
    const run = await runWords([...words, ...how.words], options);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout.replaceAll("\n", "")).not.toMatch(CONTROL);
  }
});

test("down and destroy say what they did; afterwards there is nothing", async () => {
  await run(["down"], z.strictObject({ ...base, stopped: z.literal(true) }));
  expect(await run(["status"], statusSchema)).toMatchObject({ state: "down" });
  expect(await run(["up"], statusSchema)).toMatchObject({ state: "up" });
  await run(
    ["destroy", "--yes"],
    z.strictObject({ ...base, destroyed: z.literal(true), keptData: z.literal(false) }),
  );
  expect(await run(["status"], statusSchema)).toMatchObject({ state: "none", release: null });
  expect(project.processes()).toEqual([]);
});
