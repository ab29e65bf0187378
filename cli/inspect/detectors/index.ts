/** All detectors, in order: each may look at the facts of those before it. */

import type { Detector } from "../facts.ts";
import { backendDetector } from "./backend.ts";
import { celeryDetector } from "./celery.ts";
import { channelsDetector } from "./channels.ts";
import { composeDetector } from "./compose.ts";
import { databaseDetector } from "./database.ts";
import { dockerfilesDetector } from "./dockerfiles.ts";
import { entryPointsDetector } from "./entry-points.ts";
import { frontendsDetector } from "./frontends.ts";
import { importFoldersDetector } from "./import-folders.ts";
import { interfaceDetector } from "./interface.ts";
import { misspeltFilesDetector } from "./misspelt-files.ts";
import { mizanDetector } from "./mizan.ts";
import { packageManagerDetector } from "./package-manager.ts";
import { processesDetector } from "./processes.ts";
import { pythonVersionDetector } from "./python-version.ts";
import { settingsModuleDetector } from "./settings-module.ts";

export const DETECTORS: readonly Detector[] = [
  backendDetector,
  processesDetector,
  settingsModuleDetector,
  importFoldersDetector,
  packageManagerDetector,
  pythonVersionDetector,
  entryPointsDetector,
  channelsDetector,
  interfaceDetector,
  databaseDetector,
  celeryDetector,
  mizanDetector,
  frontendsDetector,
  dockerfilesDetector,
  composeDetector,
  misspeltFilesDetector,
];
