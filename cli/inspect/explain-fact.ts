/** Answers `mizan inspect --why <fact>`: the value, everything that was looked at, and why this one. */

import type { OverlayChange } from "../../runtime/origin/contract.ts";
import { isNothing } from "./candidates.ts";
import { FACT_TABLE } from "./fact-table.ts";
import type { Candidate, Confidence, Fact, FactKey, Inspection } from "./facts.ts";

/** A public shape: `mizan inspect --why <fact> --json`. */
export interface FactExplanation {
  readonly version: 1;
  readonly fact: FactKey;
  /** What the fact says, for people. */
  readonly about: string;
  /** false: nothing could say it here, and `problem` why; value, from and confidence are null. */
  readonly isKnown: boolean;
  readonly problem: string | null;
  readonly value: unknown;
  /** As `Fact.from`. */
  readonly from: string | null;
  readonly confidence: Confidence | null;
  /** The chosen one first; it alone: nothing else was found. Empty if the fact is not known. */
  readonly considered: readonly Candidate[];
  /** Django settings that say it. */
  readonly settings: readonly string[];
  /** What the deploy changes about those settings; null: they were not loaded. */
  readonly overlay: readonly OverlayChange[] | null;
  /** As `Fact.override`. */
  readonly override: string | null;
}

export function explainFact(inspection: Inspection, key: FactKey): FactExplanation {
  const fact: Fact | undefined = inspection.facts[key];
  const { about, settings = [] } = FACT_TABLE[key];
  return {
    version: 1,
    fact: key,
    about,
    isKnown: fact !== undefined,
    problem: fact === undefined ? explainUnknown(inspection, key) : null,
    value: fact?.value ?? null,
    from: fact?.from ?? null,
    confidence: fact?.confidence ?? null,
    considered: fact === undefined ? [] : (fact.considered ?? [describeOnly(fact)]),
    settings,
    overlay: listChanges(inspection, settings),
    override: fact?.override ?? null,
  };
}

function describeOnly({ value, from }: Fact): Candidate {
  const isAbsent = isNothing(value) && !/:\d+\b/.test(from);
  const why = isAbsent ? "nothing was found" : "nothing else was found";
  return { value, from, isChosen: true, why };
}

function explainUnknown({ findings }: Inspection, key: FactKey): string {
  const error = findings.find(({ severity }) => severity === "error");
  if (error !== undefined) return error.message;
  if (!key.startsWith("settings.")) return "The project's files do not say.";
  const notRead = findings.find(({ code }) => code === "SETTINGS_NOT_READ");
  return notRead?.message ?? "The settings were not imported: only files were read.";
}

/** `DATABASES["default"]` is a change of `DATABASES`. */
function listChanges(
  { facts }: Inspection,
  settings: readonly string[],
): readonly OverlayChange[] | null {
  const changes = facts["settings.overlay"]?.value;
  if (changes === undefined) return null;
  return changes.filter(({ setting }) => settings.includes(setting.split("[")[0] ?? setting));
}
