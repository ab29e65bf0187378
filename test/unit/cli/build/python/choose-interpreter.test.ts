import { describe, expect, it } from "vitest";
import { chooseInterpreter } from "../../../../../cli/build/python/choose-interpreter.ts";
import { findPythonSupport, isSupported } from "../../../../../cli/build/python/django-support.ts";
import { MizanError } from "../../../../../infra/contract/errors.ts";

const MACHINE = ["3.14.1", "3.13.0", "3.12.1", "3.11.7", "3.10.13", "3.9.18", "3.8.18", "3.7.16"];
const interpreters = MACHINE.map((version) => ({
  version,
  path: `/python/${version}/bin/python3`,
  from: "pyenv",
  hasEnsurepip: true,
}));

function choose(value: string | null, django: string | null) {
  const wanted = value === null ? undefined : { value, from: ".python-version" };
  return chooseInterpreter({ interpreters, wanted, django });
}

function failure(value: string | null, django: string | null): MizanError {
  try {
    choose(value, django);
  } catch (error) {
    if (error instanceof MizanError) return error;
    throw error;
  }
  throw new Error("an interpreter was chosen");
}

describe("chooseInterpreter", () => {
  it.each([
    [null, null, "3.14.1"],
    [null, "4.2.16", "3.12.1"],
    [null, "5.1.4", "3.13.0"],
    [null, "5.2.8", "3.14.1"],
    [null, "6.0", "3.14.1"],
    [null, "7.1", "3.14.1"],
    ["3.12", "5.2.8", "3.12.1"],
    ["3.11.7", null, "3.11.7"],
    ["python-3.10.13", null, "3.10.13"],
    [">=3.11,<3.13", null, "3.12.1"],
    ["^3.9", "4.2.16", "3.12.1"],
    ["~3.11", null, "3.11.7"],
    [">=3.8 <3.10", "4.2", "3.9.18"],
    ["3.11.*", null, "3.11.7"],
    ["~=3.9", "<5", "3.12.1"],
    [null, ">=4.2,<5.0", "3.12.1"],
    [null, "==4.2.16", "3.12.1"],
    [null, ">=4.2", "3.14.1"],
    ["^3.8 || ^3.9", "5.0", "3.12.1"],
    ["3.13\n3.12\n", null, "3.13.0"],
  ])("takes for %j and Django %j Python %s", (value, django, version) => {
    const choice = choose(value, django);
    expect(choice.interpreter.version).toBe(version);
    expect(choice.findings).toEqual([]);
  });

  it("takes another patch release of the same minor, and says so", () => {
    const choice = choose("3.11.9", "5.2.1");
    expect(choice.interpreter.version).toBe("3.11.7");
    expect(choice.findings).toMatchObject([
      { code: "PYTHON_PATCH_DIFFERS", severity: "warning", evidence: ".python-version" },
    ]);
  });

  it("says which version is wanted, why, what there is, and how to get it", () => {
    const error = failure("3.15", null);
    expect(error.code).toBe("PYTHON_MISSING");
    expect(error.message).toContain(".python-version asks for 3.15");
    const missing = failure(">=3.10,<3.11.0a0,!=3.10.13", "5.2");
    expect(missing.message).toContain("Django 5.2 supports Python 3.10 to 3.14");
    expect(missing.message).toContain("3.11.7 (/python/3.11.7/bin/python3)");
    expect(missing.hint).toContain("Python 3.10");
    expect(missing.exitCode).toBe(5);
  });

  it("says so when no Python can fit the project and its Django", () => {
    const error = failure("<3.12", "6.0");
    expect(error.message).toMatch(/No Python can fit: .*<3\.12; Django 6\.0 supports Python 3\.12/);
  });

  it("refuses what is no CPython version", () => {
    expect(failure("pypy3.10-7.3", null).code).toBe("APP_INVALID");
  });
});

describe("findPythonSupport", () => {
  it("knows nothing of a Django before 4.2 or of words", () => {
    expect(findPythonSupport("3.2.1")).toBeNull();
    expect(findPythonSupport("<4")).toBeNull();
    expect(findPythonSupport(null)).toBeNull();
  });

  it("supports every Python when nothing is known", () => {
    expect(isSupported("3.8.1", null)).toBe(true);
  });
});
