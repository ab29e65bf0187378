/**
 * Every key of railway.toml and railway.json, and what becomes of it. Keys: "Config as Code",
 * https://docs.railway.com/config-as-code/reference (railwayapp/docs, as stored in 2026-11), and those
 * that railway.schema.json and Railway's own exports of a service have besides.
 */

import { describeCommand } from "../describe-command.ts";
import {
  all,
  always,
  automatic,
  type Decide,
  type FormatTable,
  type KeyTable,
  none,
  opaque,
  section,
} from "../key-rule.ts";
import { readText, readWords } from "../source-node.ts";
import * as shared from "./shared-verdicts.ts";

/** A field may be null: "not set". */
const NOT_SET = automatic("not set");

const startCommand: Decide = (value, place) => {
  const command = readText(value);
  return command === null ? NOT_SET : describeCommand({ name: "web", command }, place);
};
const preDeployCommand: Decide = (value, place) => {
  const command = readWords(value);
  return command === null ? NOT_SET : describeCommand({ name: "release", command }, place);
};
const dockerfile: Decide = (value, place) => {
  // From the root of the repository, with or without a slash before it.
  const path = readText(value)?.replace(/^\/+/, "");
  return path === undefined ? NOT_SET : place.collector.addToFact("dockerfiles", path, null, place);
};
const healthcheckTimeout: Decide = (value, place) => {
  const seconds = Number(readText(value) ?? Number.NaN);
  return Number.isNaN(seconds)
    ? shared.HEALTH
    : place.collector.keepEnvironment("startTimeoutSeconds", seconds, place);
};
const cronSchedule: Decide = (value) => (readText(value) === null ? NOT_SET : shared.CRON);

const NIXPACKS = none("a setting of Nixpacks; system packages are installed on the machine");

const BUILD: KeyTable = {
  ...all("builder railpackVersion nixpacksVersion buildEnvironment", always(shared.BUILDER)),
  buildCommand: always(shared.BUILD_COMMAND),
  watchPatterns: always(shared.TRIGGER),
  dockerfilePath: { value: dockerfile },
  nixpacksConfigPath: always(NIXPACKS),
  nixpacksPlan: opaque(NIXPACKS),
};

const DEPLOY: KeyTable = {
  startCommand: { value: startCommand },
  preDeployCommand: { value: preDeployCommand },
  healthcheckPath: always(shared.HEALTH),
  healthcheckTimeout: { value: healthcheckTimeout },
  ...all("restartPolicyType restartPolicyMaxRetries", always(shared.RESTART)),
  cronSchedule: { value: cronSchedule },
  numReplicas: always(shared.SCALE),
  multiRegionConfig: {
    value: () => NOT_SET,
    each: section(all("numReplicas", always(shared.SCALE)), { section: () => shared.REGION }),
  },
  region: always(shared.REGION),
  overlapSeconds: always(shared.ROLLOUT),
  drainingSeconds: always(shared.DRAIN),
  sleepApplication: always(none("processes run until mizan down")),
  requiredMountPath: always(shared.VOLUME),
  limitOverride: opaque(shared.SIZE),
  registryCredentials: opaque(shared.IMAGE),
  ...all("runtime useLegacyStacker ipv6EgressEnabled", always(none("a setting of Railway"))),
};

const SECTIONS: KeyTable = { build: section(BUILD), deploy: section(DEPLOY) };

export const RAILWAY: FormatTable = {
  keys: {
    $schema: always(automatic("mizan.config.ts has its types instead")),
    ...SECTIONS,
    environments: { each: section(SECTIONS), isOverride: true },
  },
};
