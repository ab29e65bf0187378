/** The commands of the Procfile, with where they stand. */

import type { Facts } from "../inspect/facts.ts";

export interface StartedProcess {
  readonly name: string;
  readonly command: string;
  readonly from: string;
}

export function listProcesses(facts: Facts): readonly StartedProcess[] {
  const fact = facts.processes;
  if (fact === undefined) return [];
  return Object.entries(fact.value).map(([name, command]) => ({ name, command, from: fact.from }));
}
