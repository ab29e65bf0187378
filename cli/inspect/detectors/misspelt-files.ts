/** Explains files whose name is nearly one that is read. */

import type { Detection, Detector, Facts, ProjectFiles } from "../facts.ts";
import { listMisspeltFiles } from "../misspelt-names.ts";
import { fileNameOf, foldersUpwards } from "../project-paths.ts";

export const misspeltFilesDetector: Detector = {
  name: "misspelt-files",
  finds: [],
  detect(files: ProjectFiles, known: Facts): Detection {
    const folders = foldersUpwards(known["backend.root"]?.value ?? ".");
    const findings = listMisspeltFiles(files, folders).map(({ path, meant }) => ({
      code: "FILE_MISSPELT",
      severity: "warning" as const,
      message: `${path} is not read: its name should be ${fileNameOf(meant)}`,
      evidence: path,
      hint: `Rename it: git mv ${path} ${meant}`,
    }));
    return { facts: {}, findings };
  },
};
