import { describe, expect, it } from "vitest";
import { exitCodeOf, renderError, renderErrorJson } from "../../../../cli/output/error-output.ts";
import { type ErrorCode, EXIT_CODE, MizanError } from "../../../../infra/contract/errors.ts";
import { findControlCharacters } from "../fake-machine.ts";

const PLAIN = { plain: true, colour: false, verbose: false };
const VERBOSE = { ...PLAIN, verbose: true };
const COLOURED = { plain: false, colour: true, verbose: false };
const ESCAPE = "\u001b";

const full = new MizanError("BUILD_FAILED", "npm ci failed.", {
  hint: "Commit package-lock.json",
  docs: "https://example.com/locks",
  details: {
    output: `${ESCAPE}[31mnpm error${ESCAPE}[0m lock\r\nsecond line\n`,
    tool: "npm",
    tries: 2,
  },
  cause: new Error("exit status 1"),
});

describe("an expected error for people", () => {
  it("is message, evidence, hint, docs, cause", () => {
    expect(renderError(full, PLAIN)).toMatchInlineSnapshot(`
      "✗ npm ci failed.
        │ npm error lock
        │ second line
      → Commit package-lock.json
        https://example.com/locks
        exit status 1
      "
    `);
  });

  it("has all details and the stacks, its cause's too, with --verbose", () => {
    const text = renderError(full, VERBOSE);
    expect(text).toContain('  tool: "npm"\n  tries: 2\n');
    expect(text).toContain("MizanError: npm ci failed.\n    at ");
    expect(text).toContain("caused by Error: exit status 1\n    at ");
    expect(renderError(full, PLAIN)).not.toContain("    at ");
  });

  it("holds no control character where nobody watches, whatever a tool wrote", () => {
    for (const options of [PLAIN, VERBOSE]) {
      expect(findControlCharacters(renderError(full, options))).toEqual([]);
    }
  });

  it("has colours at a terminal, and none with NO_COLOR", () => {
    expect(renderError(full, COLOURED)).toContain(`${ESCAPE}[31m✗${ESCAPE}[39m npm ci failed.`);
    const text = renderError(new MizanError("USAGE", "No.", { cause: "why" }), {
      ...COLOURED,
      colour: false,
    });
    expect(text).toBe("✗ No.\n  why\n");
  });

  it("does not say twice what the message says, nor the report of a schema", () => {
    const twice = new MizanError("USAGE", "The port 80 is taken", {
      cause: new Error("port 80 is taken"),
    });
    expect(renderError(twice, PLAIN)).toBe("✗ The port 80 is taken\n");
    const report = Object.assign(new Error("[\n{}]"), { name: "ZodError" });
    expect(renderError(new MizanError("CONFIG_INVALID", "Bad.", { cause: report }), PLAIN)).toBe(
      "✗ Bad.\n",
    );
  });

  it("ends even where causes form a ring", () => {
    const first = new Error("first");
    first.cause = new Error("second", { cause: first });
    expect(renderError(first, PLAIN).length).toBeLessThan(50_000);
  });
});

describe("an expected error for machines", () => {
  it("has every field, and the exit status", () => {
    expect(renderErrorJson(full)).toEqual({
      type: "result",
      ok: false,
      error: {
        code: "BUILD_FAILED",
        message: "npm ci failed.",
        hint: "Commit package-lock.json",
        docs: "https://example.com/locks",
        details: full.details,
      },
      exitCode: 7,
    });
    expect(renderErrorJson(new MizanError("USAGE", "No."))).toMatchObject({
      error: { code: "USAGE", hint: null, docs: null, details: {} },
      exitCode: 2,
    });
  });

  it("has the status of its code, for every code", () => {
    for (const code of Object.keys(EXIT_CODE) as ErrorCode[]) {
      expect(exitCodeOf(new MizanError(code, "x"))).toBe(EXIT_CODE[code]);
    }
  });
});

describe("anything else that was thrown", () => {
  it.each([
    [null, "null"],
    [undefined, "undefined"],
    [Symbol("odd"), "Symbol(odd)"],
    [Object.create(null), "[Object: null prototype] {}"],
    [new Error(""), "Error"],
    [new TypeError(""), "TypeError"],
    ["", "''"],
    ["words", "words"],
    [7n, "7n"],
    [{ a: 1 }, "{ a: 1 }"],
    [new Error("boom"), "boom"],
  ])("is a bug with exit status 1: case %#", (thrown, message) => {
    expect(exitCodeOf(thrown)).toBe(1);
    const text = renderError(thrown, PLAIN);
    expect(text.split("\n")[0]).toBe(`✗ ${message}`);
    expect(text).toContain("→ This is a bug in Mizan. Please report it: https://");
    const json = JSON.parse(JSON.stringify(renderErrorJson(thrown)));
    expect(json).toMatchObject({ ok: false, error: { code: "INTERNAL", message }, exitCode: 1 });
    expect(json.error.details.stack).toContain(message);
  });

  it("shows its stack, and of its fields nothing: they could hold secrets", () => {
    const error = Object.assign(new Error("boom"), { password: "hunter2" });
    const text = renderError(error, PLAIN);
    expect(text).toContain("Error: boom\n    at ");
    expect(text + JSON.stringify(renderErrorJson(error))).not.toContain("hunter2");
  });
});
