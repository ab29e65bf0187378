/** Lists Docker Compose files. */

import { buildFact } from "../build-fact.ts";
import type { Detector, ProjectFiles } from "../facts.ts";
import { COMPOSE_FILE } from "../process-commands.ts";
import { pathsNamed } from "../project-paths.ts";

export const composeDetector: Detector = {
  name: "compose",
  finds: ["compose"],
  detect(files: ProjectFiles) {
    const paths = pathsNamed(files, COMPOSE_FILE);
    const from = paths[0] ?? "no compose file";
    return { facts: { compose: buildFact("compose", paths, from, "certain") } };
  },
};
