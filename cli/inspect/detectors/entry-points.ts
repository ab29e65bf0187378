/** Finds the WSGI and ASGI applications: what the settings name, else wsgi.py and asgi.py. */

import { buildFact } from "../build-fact.ts";
import { explainLoss, listCandidates } from "../candidates.ts";
import { findEntryFile } from "../entry-files.ts";
import type { Detection, Detector, Fact, Facts, ProjectFiles } from "../facts.ts";
import { findImportFolder, moduleOf, readPython, readSettingsSources } from "../python-source.ts";
import { findStringSetting } from "../settings-text.ts";
import { matchText } from "../text-match.ts";

export const entryPointsDetector: Detector = {
  name: "entry-points",
  finds: ["backend.wsgi", "backend.asgi"],
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known["backend.root"] === undefined) return { facts: {} };
    return {
      facts: {
        "backend.wsgi": findEntryPoint(files, known, "wsgi"),
        "backend.asgi": findEntryPoint(files, known, "asgi"),
      },
    };
  },
};

function findEntryPoint(
  files: ProjectFiles,
  known: Facts,
  kind: "wsgi" | "asgi",
): Fact<string | null> {
  const key = `backend.${kind}` as const;
  const setting = `${kind.toUpperCase()}_APPLICATION`;
  const named = findStringSetting(readSettingsSources(files, known), setting);
  const path = named?.groups[0]?.split(".");
  const conventional = findConventional(files, known, kind);
  if (named !== null && path !== undefined && path.length > 1) {
    const entryPoint = `${path.slice(0, -1).join(".")}:${path.at(-1)}`;
    const chosen = { value: entryPoint, from: named.at, why: "the settings name it" };
    const why = explainLoss(conventional?.value, entryPoint, "the settings name another one");
    const others = conventional === null ? [] : [{ ...conventional, why }];
    return buildFact(key, entryPoint, named.at, "certain", listCandidates(chosen, others));
  }
  if (conventional === null) {
    return buildFact(key, null, `no ${setting} and no ${kind}.py`, "likely");
  }
  return buildFact(key, conventional.value, conventional.from, "likely");
}

/** `wsgi.py` or `asgi.py` as startproject writes it. */
function findConventional(
  files: ProjectFiles,
  known: Facts,
  kind: "wsgi" | "asgi",
): { readonly value: string; readonly from: string } | null {
  const root = known["backend.root"]?.value ?? ".";
  const package_ = known["backend.settingsModule"]?.value.split(".")[0];
  const file = findEntryFile(files, root, `${kind}.py`, package_);
  if (file === null) return null;
  const text = readPython(files, file)?.text ?? "";
  const assigned = matchText(file, text, /^application\b/m)[0];
  const module = moduleOf(file, findImportFolder(files, known));
  return { value: `${module}:application`, from: assigned?.at ?? file };
}
