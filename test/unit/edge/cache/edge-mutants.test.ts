import { describe, expect, test } from "vitest";
import { checkEdge, type Finding } from "../../../mutants/edge/edge-check.ts";
import { loadEdge } from "../../../mutants/edge/load-edge.ts";
import { EDGE_MUTANTS, type EdgeMutant } from "../../../mutants/edge-mutants.ts";

const SEED = 2;

/** Upper bound: the first complaint ends a check. */
const RUNS = 6000;

const TIMEOUT_MS = 120_000;

/** The rows of edge-consistency 11 that are marked with 1, in their order. */
const ROWS_OF_THE_PAGE = [
  "drop-generation",
  "generation-after-origin",
  "bump-after-response",
  "no-intent",
  "dirty-ends-without-bump",
  "hard-deadline-short",
  "one-dirty-flag",
  "error-clears",
  "stream-settles-at-headers",
  "coalesce-without-number",
  "join-unstorable",
  "key-without-user",
  "key-without-kind",
  "key-without-host",
  "key-without-claims",
  "key-without-build",
  "exact-spelling",
  "no-floor",
  "row-restarts",
  "absent-parameter",
  "exact-key-purge",
  "no-quarantine",
  "quarantine-short",
  "same-incarnation",
  "old-not-revoked",
  "no-drain",
  "switch-no-hold",
  "switch-early-release",
  "ttl-trust-store",
  "ttl-stamp-late",
  "early-fetch",
] as const;

const right = await loadEdge();

async function findHistory({ planted, caughtBy }: EdgeMutant): Promise<Finding | null> {
  return checkEdge(await loadEdge(planted), caughtBy, { runs: RUNS, seed: SEED });
}

test("the table has every row of the page that concerns one machine, and no name twice", () => {
  const names = EDGE_MUTANTS.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...ROWS_OF_THE_PAGE]));
  expect(new Set(names).size).toBe(names.length);
});

describe("a wrong Edge is noticed, by a history in which the right one is not", () => {
  for (const mutant of EDGE_MUTANTS) {
    const { name, caughtBy, planted } = mutant;
    const where = [...new Set(planted.map(({ file }) => file))].join(", ");
    test(
      `${name} in ${where}, by ${caughtBy}`,
      async () => {
        const found = await findHistory(mutant);
        if (found === null) return expect.fail(`${RUNS} histories, and nobody noticed`);
        const { seed, path } = found;
        expect(await checkEdge(right, caughtBy, { runs: 1, seed, path })).toBeNull();
      },
      TIMEOUT_MS,
    );
  }
});

test(
  "the same seed is the same history, step by step",
  async () => {
    const [mutant] = EDGE_MUTANTS.filter(({ name }) => name === "no-quarantine");
    if (mutant === undefined) return expect.fail("there is no such mutant");
    const found = await findHistory(mutant);
    expect(found?.complaint).toContain("promised");
    expect(await findHistory(mutant)).toEqual(found);
  },
  TIMEOUT_MS,
);
