/** Finds out what the project is without running any of its code. */

import { MizanError } from "../../infra/contract/errors.ts";
import { DETECTORS } from "./detectors/index.ts";
import type { FactOverrides, Facts, Finding, Inspection } from "./facts.ts";
import { addDetected, buildOverrides } from "./override-facts.ts";
import { readProjectFiles } from "./project-files.ts";

/**
 * Runs every detector in order over the project's files.
 * @param root Absolute folder of the project.
 * @param overrides `facts` of the config: these values win, and later detectors build on them.
 * @throws {MizanError} APP_AMBIGUOUS, LOCK_FILES_DISAGREE, APP_INVALID, CONFIG_INVALID. That there is
 *   no app at all is a finding of severity `error`, since the rest may still be of use.
 */
export function inspectStatic(root: string, overrides: FactOverrides = {}): Inspection {
  const files = readProjectFiles(root);
  let given = buildOverrides(overrides);
  let facts: Facts = given;
  const findings: (readonly Finding[])[] = [];
  for (const detector of DETECTORS) {
    const detection = detector.detect(files, facts);
    given = { ...given, ...addDetected(detector, files, facts, given) };
    facts = { ...facts, ...detection.facts, ...given };
    findings.push(detection.findings ?? []);
  }
  return { version: 1, facts, findings: [files.listFindings(), ...findings].flat() };
}

/** Facts that a deploy cannot do without. */
export interface Backend {
  /** Relative to the project, `.` for the root. */
  readonly root: string;
  readonly settingsModule: string;
}

/**
 * The backend of an inspection that is to be deployed.
 * @throws {MizanError} The first finding of severity `error`, e.g. APP_NOT_FOUND.
 */
export function requireBackend(inspection: Inspection): Backend {
  const problem = inspection.findings.find(({ severity }) => severity === "error");
  const root = inspection.facts["backend.root"]?.value;
  const settingsModule = inspection.facts["backend.settingsModule"]?.value;
  if (problem === undefined && root !== undefined && settingsModule !== undefined) {
    return { root, settingsModule };
  }
  const code =
    problem === undefined || problem.code === "APP_NOT_FOUND" ? "APP_NOT_FOUND" : "APP_INVALID";
  throw new MizanError(code, problem?.message ?? "No Django app with a settings module", {
    hint: problem?.hint ?? "Run `mizan inspect` to see what was found.",
    details: { finding: problem?.code, evidence: problem?.evidence },
  });
}
