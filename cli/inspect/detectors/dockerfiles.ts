/** Lists Dockerfiles; the user's own wins over a generated one. */

import { buildFact } from "../build-fact.ts";
import type { Detector, ProjectFiles } from "../facts.ts";
import { DOCKER_FILE } from "../process-commands.ts";
import { pathsNamed } from "../project-paths.ts";

export const dockerfilesDetector: Detector = {
  name: "dockerfiles",
  finds: ["dockerfiles"],
  detect(files: ProjectFiles) {
    const paths = pathsNamed(files, DOCKER_FILE).filter((path) => !path.endsWith(".dockerignore"));
    const from = paths[0] ?? "no Dockerfile";
    return { facts: { dockerfiles: buildFact("dockerfiles", paths, from, "certain") } };
  },
};
