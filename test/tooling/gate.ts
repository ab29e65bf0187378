/** The steps of the one gate: format, lint, types, imports, unused code, lengths, unit and contract tests. */

import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { reportsFolder, root, type Step } from "./steps.ts";

const typeFolders = ["cli", "infra", "edge", "runtime", "test"];

/** Folders that exist and hold what the import rules are about. */
const sourceFolders = ["cli", "infra", "runtime", "edge", "test", "examples"].filter((folder) =>
  existsSync(join(root, folder)),
);

/** Checks that read the source and run nothing of it. */
export const staticSteps: readonly Step[] = [
  { name: "types test", command: createTypesCommand("test") }, // the longest first
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  ...typeFolders
    .filter((folder) => folder !== "test")
    .map((folder): Step => ({ name: `types ${folder}`, command: createTypesCommand(folder) })),
  {
    name: "import directions",
    command: ["depcruise", "--config", "test/tooling/import-rules.mjs", ...sourceFolders],
  },
  { name: "unused code", command: ["knip"] },
  {
    name: "unused code as shipped",
    command: ["knip", "--production", "--dependencies", "--files"],
  },
  { name: "file lengths", command: ["node", "test/tooling/check-file-lengths.ts"] },
];

/** Tests that belong to the gate, fastest first. */
export const testSteps: readonly Step[] = [
  createVitestStep("unit", 5),
  createVitestStep("contract", 20),
];

/** @param project folder below `test/`. */
export function createVitestStep(project: string, timeoutMinutes: number): Step {
  const vitestReport = join(reportsFolder, `${project}.json`);
  return {
    name: `tests ${project}`,
    command: [
      "vitest",
      "run",
      "--no-color", // CI=true would turn colours on in a log
      "--config=test/vitest.config.ts",
      `--project=${project}`,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${relative(root, vitestReport)}`,
    ],
    counts: { vitestReport },
    timeoutMinutes,
  };
}

function createTypesCommand(folder: string): Step["command"] {
  return ["tsc", "-p", folder, "--incremental", "--tsBuildInfoFile", `.cache/types/${folder}.json`];
}
