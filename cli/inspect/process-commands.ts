/** The commands that start the app's processes, each with the line that it stands on. */

import type { Facts, ProjectFiles } from "./facts.ts";
import { pathsNamed } from "./project-paths.ts";
import { matchText } from "./text-match.ts";

export interface ProcessCommand {
  readonly name: string;
  readonly command: string;
  /** `Procfile:2`, or where the override stands. */
  readonly at: string;
}

export const COMPOSE_FILE = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/;
export const DOCKER_FILE = /^(?:[\w.-]+\.)?(?:dockerfile|containerfile)(?:\.[\w.-]+)?$/i;

/** Those of the Procfile: what production runs. */
export function listProcessCommands(files: ProjectFiles, known: Facts): readonly ProcessCommand[] {
  const fact = known.processes;
  if (fact === undefined) return [];
  const lines = matchText(fact.from, files.read(fact.from) ?? "", /^([A-Za-z0-9_-]+):/m);
  // Reversed: of two lines with one name, the first is the place.
  const places = new Map([...lines].reverse().map(({ groups, at }) => [groups[0], at]));
  return Object.entries(fact.value).map(([name, command]) => {
    return { name, command, at: places.get(name) ?? fact.from };
  });
}

/**
 * Lines of compose files, Dockerfiles and shell scripts that start a program, `["a", "b"]` as `a b`.
 * @param program A word, e.g. `celery`.
 */
export function listContainerCommands(
  files: ProjectFiles,
  program: string,
): readonly ProcessCommand[] {
  const paths = [COMPOSE_FILE, DOCKER_FILE, /^[\w.-]+\.sh$|^start[\w-]*$|^entrypoint$/i].flatMap(
    (name) => pathsNamed(files, name),
  );
  return paths.flatMap((path) => {
    const text = files.read(path) ?? "";
    return matchText(path, text, new RegExp(`^(.*\\b${program}\\b.*)$`, "m"))
      .map(({ groups, at }) => ({ line: groups[0] ?? "", at }))
      .filter(({ line }) => !/^\s*#/.test(line))
      .map(({ line, at }) => ({
        name: path,
        command: line.replace(/["']\s*,\s*["']/g, " ").replace(/["'[\]]/g, " "),
        at,
      }));
  });
}
