/** Finds Django Channels, which needs ASGI and a channel layer. */

import { buildFact } from "../build-fact.ts";
import { readDependencies } from "../dependencies.ts";
import type { Detection, Detector, Facts, ProjectFiles } from "../facts.ts";
import { readSettingsSources } from "../python-source.ts";
import { findInSources, findInstalledApp } from "../settings-text.ts";

export const channelsDetector: Detector = {
  name: "channels",
  finds: ["backend.channels"],
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known["backend.root"] === undefined) return { facts: {} };
    const sources = readSettingsSources(files, known);
    const evidence =
      findInstalledApp(sources, "channels") ?? findInSources(sources, /^[ \t]*CHANNEL_LAYERS\s*=/m);
    const isDependency = readDependencies(files, known).has("channels");
    const from =
      evidence?.at ??
      (isDependency ? "a dependency, but not in the settings" : "not in the settings");
    return {
      facts: {
        "backend.channels": buildFact("backend.channels", evidence !== null, from, "likely"),
      },
    };
  },
};
