import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findControlCharacters, runJson, runMain } from "../fake-machine.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures/inspect");
const cwd = join(FIXTURES, "python-disagrees");

describe("mizan inspect --static", () => {
  it("gives the candidates of a fact as JSON", async () => {
    const { result, exitCode } = await runJson(["inspect", "--static", "--json"], { cwd });
    const facts = result["facts"] as Record<string, { considered?: unknown }>;
    expect(facts["backend.python"]?.considered).toHaveLength(3);
    expect(exitCode).toBe(0);
  });

  it("colours a terminal's page, and no other", async () => {
    const argv = ["inspect", "--static"];
    const page = await runMain(argv, { cwd, isTerminal: true });
    expect(page.stdout).toContain("\u001b[1mWhat will run\u001b[22m");
    for (const options of [
      { cwd },
      { cwd, isTerminal: true, env: { NO_COLOR: "1" } },
      { cwd, isTerminal: true, env: { CI: "true" } },
    ]) {
      expect(findControlCharacters((await runMain(argv, options)).stdout)).toEqual([]);
    }
    const plain = await runMain([...argv, "--plain"], { cwd, isTerminal: true });
    expect(findControlCharacters(plain.stdout)).toEqual([]);
    expect(plain.stdout).toContain("\nWhat will run\n");
  });
});

describe("mizan inspect --why", () => {
  it("shows the winner, the others and how to override it", async () => {
    const { stdout, exitCode } = await runMain(["inspect", "--static", "--why", "python"], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("  chosen  3.12.4 (.python-version:2)\n");
    expect(stdout).toContain("  not     3.11.9 (runtime.txt:1)\n");
    expect(stdout).toContain('  facts: { "backend.python": "3.12.4" }\n');
  });

  it("has a stable form for scripts", async () => {
    const argv = ["inspect", "--static", "--why", "backend.interface", "--json"];
    const { result } = await runJson(argv, { cwd });
    expect(result).toEqual({
      type: "result",
      ok: true,
      version: 1,
      fact: "backend.interface",
      about: "how the web server calls Django",
      isKnown: true,
      problem: null,
      value: "wsgi",
      from: "default: nothing asks for ASGI",
      confidence: "guess",
      considered: [
        {
          value: "wsgi",
          from: "default: nothing asks for ASGI",
          why: "every Django app runs by WSGI",
          isChosen: true,
        },
        {
          value: "asgi",
          from: "config/asgi.py:7",
          why: "startproject writes an ASGI application, and nothing asks for it",
          isChosen: false,
        },
      ],
      settings: [],
      overlay: null,
      override: 'facts: { "backend.interface": "wsgi" }',
    });
  });

  it("refuses an unknown fact as a wrong command line, with the nearest name", async () => {
    const { stderr, exitCode } = await runMain(["inspect", "--why", "pyton"], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('There is no fact "pyton".');
    expect(stderr).toContain("Did you mean backend.python?");
  });
});
