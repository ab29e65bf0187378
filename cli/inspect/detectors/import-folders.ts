/** Finds folders that must be importable besides the backend root: `src`, and what manage.py adds to sys.path. */

import { buildFact } from "../build-fact.ts";
import type { Detection, Detector, Facts, ProjectFiles } from "../facts.ts";
import { isBelow, joinPath } from "../project-paths.ts";
import { findImportFolder, readPython } from "../python-source.ts";
import { matchText } from "../text-match.ts";

export const importFoldersDetector: Detector = {
  name: "import-folders",
  finds: ["backend.importFolders"],
  detect(files: ProjectFiles, known: Facts): Detection {
    const root = known["backend.root"]?.value;
    if (root === undefined) return { facts: {} };
    const importFolder = findImportFolder(files, known);
    const added = readAddedFolders(files, root, known["backend.manage"]?.value);
    const fromSettings = importFolder === root ? [] : [importFolder];
    const folders = [...new Set([...fromSettings, ...added.map(({ folder }) => folder)])];
    const from =
      fromSettings.length > 0
        ? (known["backend.settingsModule"]?.from ?? "default")
        : (added[0]?.at ?? "default");
    return {
      facts: {
        "backend.importFolders": buildFact("backend.importFolders", folders, from, "likely"),
      },
    };
  },
};

function readAddedFolders(
  files: ProjectFiles,
  root: string,
  manage: string | undefined,
): readonly { readonly folder: string; readonly at: string }[] {
  const source = manage === undefined ? null : readPython(files, manage);
  if (source === null) return [];
  return matchText(source.path, source.text, /sys\.path\.(?:append|insert)\((.*)$/m).flatMap(
    ({ groups, at }) => {
      const names = [...(groups[0] ?? "").matchAll(/["']([\w./-]+)["']/g)].map(
        ([, name = ""]) => name,
      );
      const folder = joinPath(root, names.join("/"));
      const exists = folder !== root && files.paths.some((path) => isBelow(path, folder));
      return names.length > 0 && exists ? [{ folder, at }] : [];
    },
  );
}
