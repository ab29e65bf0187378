/** `npm run test:fixtures [-- <name> …]`: deploys every fixture of inspection that says what must come of it, or the named ones. */

import { countTests } from "./count-tests.ts";
import { createVitestStep } from "./gate.ts";
import { runSteps } from "./steps.ts";

const names = process.argv.slice(2);
process.env["MIZAN_FIXTURES"] = names.length === 0 ? "all" : names.join(" ");

const fixtures = createVitestStep("e2e", 60);
const results = await runSteps(
  [
    { name: "build", command: ["npm", "run", "build"] },
    {
      ...fixtures,
      name: "tests fixtures",
      command: [...fixtures.command, "test/e2e/fixtures/fixtures.test.ts"],
    },
  ],
  1,
);
const { passed, failed, skipped, problems } = countTests(results);
for (const problem of problems) console.log(problem);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
if (failed > 0) process.exitCode = 1;
