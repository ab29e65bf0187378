/** The commands of the Procfile, each with the line that it stands on. */

import type { Facts, ProjectFiles } from "./facts.ts";
import { findInFile } from "./text-match.ts";

export interface ProcessCommand {
  readonly name: string;
  readonly command: string;
  /** `Procfile:2`, or where the override stands. */
  readonly at: string;
}

export function listProcessCommands(files: ProjectFiles, known: Facts): readonly ProcessCommand[] {
  const fact = known.processes;
  if (fact === undefined) return [];
  return Object.entries(fact.value).map(([name, command]) => {
    const line = findInFile(files, fact.from, new RegExp(`^${name}:`, "m"));
    return { name, command, at: line?.at ?? fact.from };
  });
}
