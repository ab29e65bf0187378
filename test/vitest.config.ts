/** The three layers of tests (house style B6): `vitest run --config test/vitest.config.ts --project unit`. */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = join(import.meta.dirname, "..");
const isCi = Boolean(process.env["CI"]);

/** One folder below `test/`. Times are upper bounds for a busy machine, never what a test should need. */
function createProject(name: string, timeoutSeconds: number, maxWorkers: number) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: timeoutSeconds * 1000,
      hookTimeout: timeoutSeconds * 1000,
      maxWorkers,
    },
  };
}

export default defineConfig({
  root,
  test: {
    pool: "forks", // real processes are started and signalled
    allowOnly: !isCi,
    projects: [
      createProject("unit", 20, availableParallelism()),
      createProject("contract", 90, availableParallelism()),
      createProject("e2e", 300, 1), // each deploys whole apps: side by side they would only be slow
    ],
  },
});
