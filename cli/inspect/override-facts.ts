/** Facts that the config sets, with what would have been found without it. */

import { MizanError } from "../../infra/contract/errors.ts";
import { buildFact } from "./build-fact.ts";
import {
  type Contender,
  explainLoss,
  isNothing,
  listBeaten,
  listCandidates,
  listUndecided,
} from "./candidates.ts";
import type { Detector, Fact, FactKey, FactOverrides, Facts, ProjectFiles } from "./facts.ts";

/** `from` of a fact that the config sets. */
export const OVERRIDE_SOURCE = "mizan.config";

const WINS = "the config decides";
const LOSES = `found, but ${OVERRIDE_SOURCE} comes first`;

export function buildOverrides(overrides: FactOverrides): Facts {
  const given: Partial<Record<FactKey, Fact>> = {};
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    // The config's schema has checked that each value belongs to its key.
    const name = key as FactKey;
    given[name] = buildFact(name, value as never, OVERRIDE_SOURCE, "certain");
  }
  return given as Facts; // built key by key above
}

/** The given facts that a detector would find, each with what it would have found as candidates. */
export function addDetected(
  detector: Detector,
  files: ProjectFiles,
  known: Facts,
  given: Facts,
): Facts {
  const keys = detector.finds.filter((key) => given[key] !== undefined);
  if (keys.length === 0) return {};
  const left = Object.entries(known).filter(([key]) => !keys.includes(key as FactKey));
  const detected = detectOrExplain(detector, files, Object.fromEntries(left) as Facts);
  const entries = keys.map((key) => {
    const own = given[key];
    return [key, own === undefined ? own : addBeaten(own, detected(key))];
  });
  return Object.fromEntries(entries) as Facts; // the same keys as in `given`
}

/** Adds what lost against a fact that the config sets. */
export function addBeaten(fact: Fact, beaten: readonly Contender[]): Fact {
  const known = (fact.considered ?? []).filter(({ isChosen }) => !isChosen);
  const chosen = { value: fact.value, from: fact.from, why: WINS };
  const others = [...beaten, ...known].map((other) => ({
    ...other,
    why: explainLoss(other.value, fact.value, other.why),
  }));
  const considered = listCandidates(chosen, others);
  return considered.length > 1 ? { ...fact, considered } : fact;
}

/** A project that cannot be decided without the config has candidates all the same. */
function detectOrExplain(
  detector: Detector,
  files: ProjectFiles,
  known: Facts,
): (key: FactKey) => readonly Contender[] {
  try {
    const { facts } = detector.detect(files, known);
    return (key) => {
      const fact = facts[key];
      if (fact === undefined || isNothing(fact.value)) return [];
      return listBeaten(fact, LOSES);
    };
  } catch (error) {
    if (!(error instanceof MizanError)) throw error;
    return (key) => (key === detector.finds[0] ? listUndecided(error) : []);
  }
}
