import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { FactOverrides } from "../../../../cli/inspect/facts.ts";
import { inspectStatic, requireBackend } from "../../../../cli/inspect/inspect-static.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";
import { inspectFixturesFolder, readInspectCases } from "../../../helpers/inspect-fixtures.ts";

const EVIDENCED = z.strictObject({ value: z.unknown(), from: z.string() });

const cases = readInspectCases();

describe("inspectStatic", () => {
  test.each(cases)("$name: $title", ({ name, overrides, facts, findings, error }) => {
    const inspect = () =>
      inspectStatic(join(inspectFixturesFolder, name), overrides as FactOverrides);
    if (error !== undefined) {
      const thrown = catchError(inspect);
      expect(thrown.code).toBe(error.code);
      expect(thrown.hint).toBeTruthy();
      for (const text of error.mentions) expect(thrown.message).toContain(text);
      return;
    }
    const inspection = inspect();
    const found = Object.entries(facts ?? {}).map(([key, expected]) => {
      const fact = inspection.facts[key as keyof typeof inspection.facts];
      const isEvidenced = EVIDENCED.safeParse(expected).success;
      return [key, isEvidenced ? { value: fact?.value, from: fact?.from } : fact?.value];
    });
    expect(Object.fromEntries(found)).toEqual(facts);
    expect(inspection.findings.map(({ code }) => code).sort()).toEqual(findings);
  });

  test("every fact says where it comes from and how to override it", () => {
    for (const { name, overrides, error } of cases) {
      if (error !== undefined) continue;
      const inspection = inspectStatic(
        join(inspectFixturesFolder, name),
        overrides as FactOverrides,
      );
      for (const [key, fact] of Object.entries(inspection.facts)) {
        expect(fact.from).not.toBe("");
        expect(fact.override).toContain(key);
      }
      for (const finding of inspection.findings) expect(finding.hint).not.toBe("");
    }
  });
});

describe("requireBackend", () => {
  test("gives root and settings module of an app", () => {
    const backend = requireBackend(
      inspectStatic(join(inspectFixturesFolder, "backend-and-frontend")),
    );
    expect(backend).toEqual({ root: "backend", settingsModule: "config.settings" });
  });

  test("refuses a project without Django, with the finding's hint", () => {
    const error = catchError(() =>
      requireBackend(inspectStatic(join(inspectFixturesFolder, "cookiecutter"))),
    );
    expect(error).toMatchObject({ code: "APP_NOT_FOUND", exitCode: 3 });
    expect(error.hint).toContain("Generate a project");
  });
});

function catchError(run: () => unknown): MizanError {
  try {
    run();
  } catch (error) {
    if (error instanceof MizanError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
