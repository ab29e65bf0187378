import { describe, expect, it } from "vitest";
import type { Output } from "../../../../cli/context.ts";
import { formatDuration } from "../../../../cli/output/format-duration.ts";
import { createJsonOutput } from "../../../../cli/output/json-output.ts";
import { decideLook } from "../../../../cli/output/look.ts";
import { printable } from "../../../../cli/output/printable.ts";
import { createTextOutput } from "../../../../cli/output/text-output.ts";
import { FakeMachine, findControlCharacters } from "../fake-machine.ts";

const ESCAPE = "\u001b";

/** A deploy in small: a step with a note, one with nothing to do, one that fails. */
async function runSteps(out: Output): Promise<unknown> {
  await out.step("build", "Build the app", async (step) => {
    step.progress(`${ESCAPE}[32mnpm ci${ESCAPE}[0m`);
    out.warn("No lock file");
    out.detail("npm ci --ignore-scripts");
    step.note("12 files");
  });
  await out.step("migrate", "Migrate the database", async (step) => step.skip("nothing to apply"));
  out.event({ type: "log", line: "x" });
  out.line(`${ESCAPE}[1mLive${ESCAPE}[0m\tat http://127.0.0.1:8000`);
  const failed = out.step("switch", "Switch traffic", async () => {
    throw new Error("no");
  });
  return failed.catch((error: unknown) => error);
}

function withoutTimes(text: string): string {
  return text.replace(/\d+ ms/g, "N ms");
}

describe("text output", () => {
  it("has one line per step with its time on stderr, and the result on stdout", async () => {
    const machine = new FakeMachine();
    const out = await createTextOutput(machine, { verbose: false, plain: true, colour: false });
    expect(await runSteps(out)).toEqual(new Error("no"));
    expect(withoutTimes(machine.stderr.text)).toMatchInlineSnapshot(`
      "! No lock file
      ✓ Build the app (12 files) N ms
      – Migrate the database (nothing to apply) N ms
      ✗ Switch traffic N ms
      "
    `);
    expect(machine.stdout.text).toBe("Live\tat http://127.0.0.1:8000\n");
    expect(out.steps).toMatchObject([
      { name: "build", skipped: false },
      { name: "migrate", skipped: true },
    ]);
  });

  it("says more with --verbose", async () => {
    const machine = new FakeMachine();
    const out = await createTextOutput(machine, { verbose: true, plain: true, colour: false });
    await runSteps(out);
    expect(machine.stderr.text).toContain("  Build the app: npm ci\n");
    expect(machine.stderr.text).toContain("  npm ci --ignore-scripts\n");
  });

  it("has no control character where nobody watches, whatever a tool wrote", async () => {
    const machine = new FakeMachine();
    await runSteps(await createTextOutput(machine, { verbose: true, plain: true, colour: false }));
    expect(findControlCharacters(machine.stderr.text + machine.stdout.text)).toEqual([]);
  });

  it("stands still at a terminal that says it has no width, where a spinner would never end", async () => {
    const machine = new FakeMachine({ isTerminal: true });
    const stderr = Object.assign(machine.stderr, { columns: 0 });
    const streams = { stdout: machine.stdout, stderr };
    await runSteps(await createTextOutput(streams, { verbose: false, plain: false, colour: true }));
    expect(machine.stderr.text).toContain("✓ Build the app");
    expect(machine.stderr.text).not.toContain(`${ESCAPE}[?25l`);
  });

  it("moves and has colours at a terminal, and leaves the same lines behind", async () => {
    const machine = new FakeMachine({ isTerminal: true });
    await runSteps(await createTextOutput(machine, { verbose: false, plain: false, colour: true }));
    expect(machine.stderr.text).toContain(`${ESCAPE}[32m✓${ESCAPE}[39m Build the app`);
    expect(machine.stderr.text).toContain(`${ESCAPE}[?25l`); // the cursor hides while it spins
    const rest = withoutTimes(printable(machine.stderr.text));
    for (const line of [
      "✓ Build the app (12 files) N ms\n",
      "– Migrate the database (nothing to apply) N ms\n",
      "✗ Switch traffic N ms\n",
    ]) {
      expect(rest).toContain(line);
    }
    expect(machine.stdout.text).toContain(`${ESCAPE}[1mLive`);
  });

  it("moves without a colour where NO_COLOR is set", async () => {
    const machine = new FakeMachine({ isTerminal: true });
    await runSteps(await createTextOutput(machine, { verbose: true, plain: false, colour: false }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect(machine.stderr.text).not.toMatch(/\u001b\[[\d;]*m/);
    expect(machine.stderr.text).toContain("✓ Build the app (12 files)");
  });
});

describe("JSON output", () => {
  it("is one object per line for every event, and nothing for people", async () => {
    const machine = new FakeMachine();
    const out = createJsonOutput(machine.stdout, { verbose: false, nowMs: () => 5 });
    await runSteps(out);
    expect(machine.stdout.text).toMatchInlineSnapshot(`
      "{"type":"step","name":"build","title":"Build the app","status":"started"}
      {"type":"progress","name":"build","text":"\\u001b[32mnpm ci\\u001b[0m"}
      {"type":"warning","message":"No lock file"}
      {"type":"note","name":"build","text":"12 files"}
      {"type":"step","name":"build","title":"Build the app","status":"done","durationMs":0}
      {"type":"step","name":"migrate","title":"Migrate the database","status":"started"}
      {"type":"step","name":"migrate","title":"Migrate the database","status":"skipped","reason":"nothing to apply","durationMs":0}
      {"type":"log","line":"x"}
      {"type":"step","name":"switch","title":"Switch traffic","status":"started"}
      {"type":"step","name":"switch","title":"Switch traffic","status":"failed","durationMs":0}
      "
    `);
    expect(out.steps).toEqual([
      { name: "build", durationMs: 0, skipped: false },
      { name: "migrate", durationMs: 0, skipped: true },
    ]);
  });

  it("has details as events with --verbose", () => {
    const machine = new FakeMachine();
    createJsonOutput(machine.stdout, { verbose: true, nowMs: Date.now }).detail("more");
    expect(JSON.parse(machine.stdout.text)).toEqual({ type: "detail", text: "more" });
  });
});

describe("the look", () => {
  const watched = { stderr: { isTTY: true } };

  it("is plain without a terminal, with --plain, in CI and in a dumb terminal", () => {
    const plain = { plain: true, colour: false };
    expect(decideLook({}, { env: {}, stderr: { isTTY: false } })).toEqual(plain);
    expect(decideLook({}, { env: {}, stderr: {} })).toEqual(plain);
    expect(decideLook({ plain: true }, { env: {}, ...watched })).toEqual(plain);
    expect(decideLook({}, { env: { CI: "true" }, ...watched })).toEqual(plain);
    expect(decideLook({}, { env: { TERM: "dumb" }, ...watched })).toEqual(plain);
  });

  it("has colours at a terminal unless NO_COLOR is set and not empty", () => {
    expect(decideLook({}, { env: {}, ...watched })).toEqual({ plain: false, colour: true });
    expect(decideLook({}, { env: { NO_COLOR: "" }, ...watched }).colour).toBe(true);
    expect(decideLook({}, { env: { NO_COLOR: "1" }, ...watched })).toEqual({
      plain: false,
      colour: false,
    });
  });
});

describe("printable", () => {
  it("keeps text, tabs and line feeds, and takes the rest", () => {
    expect(printable("a\tb\nç 語 🐍")).toBe("a\tb\nç 語 🐍");
    expect(printable(`${ESCAPE}]0;title\u0007x${ESCAPE}[2K\r10%\u0008\u007f\u009b\u0000`)).toBe(
      "x10%",
    );
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [1_240, "1.2 s"],
    [59_949, "59.9 s"],
    [59_960, "1 min 0 s"],
    [125_000, "2 min 5 s"],
    [119_900, "2 min 0 s"],
  ])("writes %d ms as people read it", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});
