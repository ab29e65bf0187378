import { describe, expect, test } from "vitest";
import {
  AUTHORITY_MUTANTS,
  type CheckName,
  type Mutant,
} from "../../../mutants/authority-mutants.ts";
import { checkFreshness } from "../../../mutants/checks/freshness-check.ts";
import type { HostRules } from "../../../mutants/checks/freshness-world.ts";
import { checkForms } from "../../../mutants/checks/header-check.ts";
import { checkMarks } from "../../../mutants/checks/mark-check.ts";
import { checkNumbers } from "../../../mutants/checks/number-check.ts";
import type { RunOptions } from "../../../mutants/checks/run-property.ts";
import { checkValues } from "../../../mutants/checks/value-check.ts";
import { type AuthorityModules, loadAuthority } from "../../../mutants/load-authority.ts";

/** Mutants are looked for in the same places each time; what ships, in others each time. */
const SEED = 1;

/** Upper bound: the first complaint ends a check. */
const RUNS = 80_000;

function runCheck(
  name: CheckName,
  modules: AuthorityModules,
  options: RunOptions,
  rules: Partial<HostRules>,
): string | null {
  if (name === "freshness") return checkFreshness(modules, options, rules);
  if (name === "numbers") return checkNumbers(modules, options);
  if (name === "marks") return checkMarks(modules, options);
  return name === "forms" ? checkForms(modules, options) : checkValues(modules);
}

async function catchMutant({ planted, caughtBy }: Mutant): Promise<string | null> {
  const isRule = "rules" in planted;
  const modules = await loadAuthority(isRule ? null : planted);
  return runCheck(caughtBy, modules, { runs: RUNS, seed: SEED }, isRule ? planted.rules : {});
}

describe("what ships", async () => {
  const modules = await loadAuthority();
  test.each<[CheckName, number]>([
    ["freshness", 10_000],
    ["numbers", 1000],
    ["marks", 5000],
    ["forms", 2000],
    ["values", 1],
  ])("passes the check of %s", (name, runs) => {
    expect(runCheck(name, modules, { runs, shrinks: true }, {})).toBeNull();
  });
});

describe("a mutant is caught", () => {
  for (const mutant of AUTHORITY_MUTANTS) {
    const where = "rules" in mutant.planted ? "the Edge's rules" : mutant.planted.file;
    test(`${mutant.name} in ${where}, by the check of ${mutant.caughtBy}`, async () => {
      expect(await catchMutant(mutant)).not.toBeNull();
    });
  }
});
