/** Finds traces of the Mizan framework: the package, the Django app, `mizan.toml`, npm packages. */

import { buildFact } from "../build-fact.ts";
import { readDependencies } from "../dependencies.ts";
import type { Detection, Detector, Facts, ProjectFiles } from "../facts.ts";
import { listNodePackages } from "../node-packages.ts";
import { isInNonAppFolder, pathsNamed } from "../project-paths.ts";
import { readSettingsSources } from "../python-source.ts";
import { findInstalledApp } from "../settings-text.ts";

/** reference/protocol.md 7; `@mizan/deploy` is this program, not the framework. */
const NPM_PACKAGE = /^(@mizan\/(?!deploy$).+|mizan-(react|vue|svelte|generate))$/;

export const mizanDetector: Detector = {
  name: "mizan",
  finds: ["mizan"],
  detect(files: ProjectFiles, known: Facts): Detection {
    const listed = readDependencies(files, known).get("mizan");
    const installed = findInstalledApp(readSettingsSources(files, known), "mizan");
    const config = pathsNamed(files, /^mizan\.toml$/).find((path) => !isInNonAppFolder(path));
    const packages = listNodePackages(files);
    const npm = packages.flatMap(({ names }) =>
      [...names].filter((name) => NPM_PACKAGE.test(name)),
    );
    const withNpm = packages.find(({ names }) => [...names].some((name) => NPM_PACKAGE.test(name)));
    const from = installed?.at ?? listed ?? config ?? withNpm?.path;
    const value =
      from === undefined
        ? null
        : {
            package: listed !== undefined,
            installedApp: installed !== null,
            config: config ?? null,
            npm: [...new Set(npm)].sort(),
          };
    return { facts: { mizan: buildFact("mizan", value, from ?? "no trace of it", "certain") } };
  },
};
