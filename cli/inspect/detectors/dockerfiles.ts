/** Lists Dockerfiles; the user's own wins over a generated one. */

import { buildFact } from "../build-fact.ts";
import type { Detector, ProjectFiles } from "../facts.ts";
import { pathsNamed } from "../project-paths.ts";

export const dockerfilesDetector: Detector = {
  name: "dockerfiles",
  detect(files: ProjectFiles) {
    const paths = pathsNamed(
      files,
      /^(?:[\w.-]+\.)?(?:dockerfile|containerfile)(?:\.[\w.-]+)?$/i,
    ).filter((path) => !path.endsWith(".dockerignore"));
    const from = paths[0] ?? "no Dockerfile";
    return { facts: { dockerfiles: buildFact("dockerfiles", paths, from, "certain") } };
  },
};
