/** A sound app with every measure taken, for tests of the checks. */

import type { DoctorSubject } from "../../../../cli/doctor/doctor-check.ts";
import type { DoctorMeasures } from "../../../../runtime/origin/doctor/contract.ts";
import { SETTINGS_FACTS } from "../inspect/settings-facts-example.ts";

export const MEASURES: DoctorMeasures = {
  brokenApps: [],
  brokenLibraries: [],
  databaseDriver: { name: "psycopg", version: "3.2.1", build: "binary" },
  server: { gunicorn: "23.0.0", uvicornWorker: "0.3.0" },
  databases: { default: { isPooled: false, hasServerSideCursors: true, hasOwnPool: false } },
  databaseVariables: ["DATABASE_URL"],
  sizing: { cpus: 2, memoryBytes: 4 * 2 ** 30, memoryPerWorkerBytes: 256 * 2 ** 20 },
  securityChecks: [],
  csrf: { refusedOrigins: [], originsWithoutScheme: 0 },
  isSecure: { https: true, http: false },
  staticFiles: { isCollected: true, hasManifest: true, missing: [] },
  longestTaskSeconds: null,
  health: { live: 200, ready: 503 },
};

export const SUBJECT: DoctorSubject = {
  target: "local",
  facts: {
    "backend.python": {
      value: "3.12",
      from: ".python-version",
      confidence: "certain",
      override: "",
    },
  },
  staticFindings: [],
  variables: [],
  settings: SETTINGS_FACTS,
  measures: MEASURES,
  failures: [],
  loadError: null,
  mechanisms: { workers: 3, workerStopSeconds: 120, isReleased: true },
  reason: "for a reason",
};
