/** The whole of `npm test` after the set-up: gate, Python runtime, examples, end to end; then the sum. */

import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { countTests } from "./count-tests.ts";
import { createVitestStep, staticSteps, testSteps } from "./gate.ts";
import { reportsFolder, runSteps, type Step } from "./steps.ts";

const build: Step = { name: "build", command: ["npm", "run", "build"] };

const suites: readonly Step[] = [
  ...testSteps,
  {
    name: "tests runtime",
    command: ["node", "test/runtime/run.ts"],
    counts: "last-line",
    timeoutMinutes: 20,
  },
  {
    name: "tests examples",
    command: ["node", "test/tooling/test-examples.ts"],
    counts: "last-line",
    timeoutMinutes: 15,
  },
  {
    name: "tests stand-in",
    command: ["node", "test/standin/tests/run.ts"],
    counts: "last-line",
    timeoutMinutes: 10,
  },
  createVitestStep("e2e", 40),
];

rmSync(reportsFolder, { recursive: true, force: true }); // an old report must not count
const results = [
  ...(await runSteps([build], 1)),
  ...(await runSteps(staticSteps, availableParallelism())),
  ...(await runSteps(suites, 1)),
];
const { passed, failed, skipped, problems } = countTests(results);
for (const problem of problems) console.log(problem);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
// A machine that checks for us must not skip: what did not run is not proven.
if (failed > 0 || (process.env["CI"] && skipped > 0)) process.exitCode = 1;
