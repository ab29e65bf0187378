/** The gate: `npm run check`, or some of it: `npm run check -- types lint`. Words choose steps by name. */

import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { countTests } from "./count-tests.ts";
import { staticSteps, testSteps } from "./gate.ts";
import { reportsFolder, runSteps, type Step } from "./steps.ts";

const words = process.argv.slice(2);
const isChosen = (step: Step) =>
  words.length === 0 || words.some((word) => step.name.includes(word));

rmSync(reportsFolder, { recursive: true, force: true });
const results = [
  ...(await runSteps(staticSteps.filter(isChosen), availableParallelism())),
  ...(await runSteps(testSteps.filter(isChosen), 1)), // vitest uses every core by itself
];
if (results.length === 0) throw new Error(`no step is called ${words.join(" or ")}`);

const totals = countTests(results);
for (const problem of totals.problems) console.log(problem);
if (totals.failed > 0) process.exitCode = 1;
