/** Reads the Procfile: a table from process name to command. */

import { buildFact } from "../build-fact.ts";
import { listCandidates } from "../candidates.ts";
import type { Detector, Facts, ProjectFiles } from "../facts.ts";
import { maskCommand } from "../mask-command.ts";
import { joinPath } from "../project-paths.ts";

/** https://devcenter.heroku.com/articles/procfile#procfile-format */
const PROCFILE_LINE = /^([A-Za-z0-9_-]+):[ \t]*(\S.*)$/gm;

export const processesDetector: Detector = {
  name: "processes",
  finds: ["processes"],
  detect(files: ProjectFiles, known: Facts) {
    const [path, ...others] = [
      "Procfile",
      joinPath(known["backend.root"]?.value ?? ".", "Procfile"),
    ].filter((name) => files.has(name));
    if (path === undefined) {
      return { facts: { processes: buildFact("processes", {}, "no Procfile", "certain") } };
    }
    const value = parseProcfile(files.read(path) ?? "");
    const considered = listCandidates(
      { value, from: path, why: "the Procfile of the project's own folder comes first" },
      others.map((other) => ({
        value: parseProcfile(files.read(other) ?? ""),
        from: other,
        why: `${path} comes first`,
      })),
    );
    return { facts: { processes: buildFact("processes", value, path, "certain", considered) } };
  },
};

function parseProcfile(text: string): Readonly<Record<string, string>> {
  const entries = [...text.matchAll(PROCFILE_LINE)].map(([, name = "", command = ""]) => [
    name,
    maskCommand(command.trimEnd()),
  ]);
  return Object.fromEntries(entries);
}
