/** Picks the interpreter of a release: the newest that the project and its Django allow. */

import { MizanError } from "../../../infra/contract/errors.ts";
import type { Fact, Finding } from "../../inspect/facts.ts";
import { findPythonSupport, isSupported, type PythonSupport } from "./django-support.ts";
import type { Interpreter } from "./find-interpreters.ts";
import { isInRange, type PythonRange, parsePythonRange, relaxToMinor } from "./python-range.ts";

export interface ChooseInterpreterOptions {
  /** Newest first. */
  readonly interpreters: readonly Interpreter[];
  /** The fact `backend.python`; undefined or value null: the project does not say. */
  readonly wanted: Pick<Fact<string | null>, "value" | "from"> | undefined;
  /** Version or specifier of the project's Django; null: not known. */
  readonly django: string | null;
}

export interface InterpreterChoice {
  readonly interpreter: Interpreter;
  readonly findings: readonly Finding[];
}

/** Python that we take without a word of the project: what `mizan_runtime` runs on. */
const OLDEST_MINOR = 8;

/** @throws {MizanError} PYTHON_MISSING when none fits; APP_INVALID when the version cannot be read. */
export function chooseInterpreter(options: ChooseInterpreterOptions): InterpreterChoice {
  const range = readRange(options.wanted);
  const support = findPythonSupport(options.django);
  const fitting = options.interpreters.filter(
    ({ version }) => isNewEnough(version) && isSupported(version, support),
  );
  const exact = fitting.find(({ version }) => range === null || isInRange(version, range));
  if (exact !== undefined) return { interpreter: exact, findings: [] };
  if (range !== null && range.exactVersion !== null) {
    const minor = relaxToMinor(range);
    const near = fitting.find(({ version }) => isInRange(version, minor));
    if (near !== undefined) return { interpreter: near, findings: [patchFinding(near, options)] };
  }
  throw pythonMissing(options, range, support);
}

function readRange(wanted: ChooseInterpreterOptions["wanted"]): PythonRange | null {
  if (wanted === undefined || wanted.value === null) return null;
  const range = parsePythonRange(wanted.value);
  if (range !== null) return range;
  throw new MizanError("APP_INVALID", `"${wanted.value}" (${wanted.from}) is no CPython version`, {
    hint: 'Write a version such as 3.12 there, or set facts: { "backend.python": "3.12" } in mizan.config',
    details: { wanted: wanted.value, from: wanted.from },
  });
}

function isNewEnough(version: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  return major === 3 && (minor ?? 0) >= OLDEST_MINOR;
}

function patchFinding(interpreter: Interpreter, options: ChooseInterpreterOptions): Finding {
  const wanted = options.wanted?.value ?? "";
  return {
    code: "PYTHON_PATCH_DIFFERS",
    severity: "warning",
    message: `Python ${wanted.trim()} is not on this machine; ${interpreter.version} is used`,
    evidence: options.wanted?.from ?? "",
    hint: `Install it (uv python install ${wanted.trim()}), or write the minor version only`,
  };
}

function pythonMissing(
  options: ChooseInterpreterOptions,
  range: PythonRange | null,
  support: PythonSupport | null,
): MizanError {
  const reasons = [
    ...(range === null
      ? []
      : [`${options.wanted?.from} asks for ${options.wanted?.value?.trim()}`]),
    ...(support === null ? [] : [support.reason]),
  ];
  const why = reasons.length === 0 ? "the app needs Python 3.8 or later" : reasons.join("; ");
  const found = options.interpreters.map(({ version, path }) => `${version} (${path})`);
  const minor = suggestMinor(range, support);
  const seen = found.length === 0 ? "no Python 3 at all" : found.join(", ");
  if (minor === null) {
    return new MizanError("PYTHON_MISSING", `No Python can fit: ${why}`, {
      hint: `Change the Python version (${options.wanted?.from}) or Django's, so that one Python fits both`,
      details: { wanted: options.wanted?.value ?? null, found },
    });
  }
  return new MizanError(
    "PYTHON_MISSING",
    `No Python on this machine fits: ${why}. Found: ${seen}`,
    {
      hint: `Install Python 3.${minor}: uv python install 3.${minor}, pyenv install 3.${minor}, or your system's package`,
      details: { wanted: options.wanted?.value ?? null, found, suggested: `3.${minor}` },
    },
  );
}

/** Newest released minor that would fit; null: none can. */
function suggestMinor(range: PythonRange | null, support: PythonSupport | null): number | null {
  for (const minor of [14, 13, 12, 11, 10, 9, 8]) {
    // Patch numbers that exist and that do not: a range such as >=3.11.4 fits some of them.
    const versions = [`3.${minor}.0`, `3.${minor}.99`, range?.exactVersion ?? ""];
    const fits = versions
      .filter((version) => version.startsWith(`3.${minor}.`))
      .some(
        (version) => isSupported(version, support) && (range === null || isInRange(version, range)),
      );
    if (fits) return minor;
  }
  return null;
}
