/** Reads the Procfile: a table from process name to command. */

import { buildFact } from "../build-fact.ts";
import type { Detector, Facts, ProjectFiles } from "../facts.ts";
import { joinPath } from "../project-paths.ts";

/** https://devcenter.heroku.com/articles/procfile#procfile-format */
const PROCFILE_LINE = /^([A-Za-z0-9_-]+):[ \t]*(\S.*?)\s*$/gm;

export const processesDetector: Detector = {
  name: "processes",
  detect(files: ProjectFiles, known: Facts) {
    const path = ["Procfile", joinPath(known["backend.root"]?.value ?? ".", "Procfile")].find((p) =>
      files.has(p),
    );
    const fact =
      path === undefined
        ? buildFact("processes", {}, "no Procfile", "certain")
        : buildFact("processes", parseProcfile(files.read(path) ?? ""), path, "certain");
    return { facts: { processes: fact } };
  },
};

function parseProcfile(text: string): Readonly<Record<string, string>> {
  const entries = [...text.matchAll(PROCFILE_LINE)].map(([, name = "", command = ""]) => [
    name,
    command,
  ]);
  return Object.fromEntries(entries);
}
