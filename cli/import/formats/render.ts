/**
 * Every key of render.yaml, and what becomes of it. Keys: "Blueprint YAML Reference",
 * https://render.com/docs/blueprint-spec, the JSON schema that it names, and the deprecated fields that
 * both still accept; as stored in 2026-11.
 */

import { describeCommand } from "../describe-command.ts";
import {
  all,
  always,
  automatic,
  type Becomes,
  type Decide,
  type FormatTable,
  type KeyTable,
  none,
  section,
} from "../key-rule.ts";
import { findChild, readText, type SourceNode } from "../source-node.ts";
import * as shared from "./shared-verdicts.ts";

const WEB_TYPES = new Set(["web", "pserv"]);

/** A web service's process is `web` as in a Procfile, others have the name of their service. */
function nameProcess(service: SourceNode): string {
  const type = readText(findChild(service, "type")) ?? "web";
  return WEB_TYPES.has(type) ? "web" : (readText(findChild(service, "name")) ?? type);
}

const startCommand: Decide = (value, place) => {
  if (readText(findChild(place.parent, "type")) === "cron") return shared.CRON;
  return describeCommand(
    { name: nameProcess(place.parent), command: readText(value) ?? "" },
    place,
  );
};
const preDeployCommand: Decide = (value, place) =>
  describeCommand({ name: "release", command: readText(value) ?? "" }, place);

const dockerfile: Decide = (value, place) => {
  const path = (readText(value) ?? "").replace(/^\.\//, "");
  return place.collector.addToFact("dockerfiles", path, null, place);
};

const domain: Decide = (value, place) =>
  place.collector.keepEnvironment("hosts", [readText(value) ?? ""], place);

/** The variable that the map of an item of `envVars` is about. */
const variableKey: Decide = (value, place) => {
  const name = readText(value) ?? "";
  const given = readText(findChild(place.parent, "value"));
  if (name === "PYTHON_VERSION" && given !== null) {
    return place.collector.keepFact("backend.python", given, place);
  }
  if (findChild(place.parent, "fromDatabase") !== undefined) {
    return automatic("runs PostgreSQL and gives its address, if the settings need it");
  }
  return place.collector.addVariable(name, given, place);
};

/** What becomes of the variable is said at its `key`. */
const OF_VARIABLE: Becomes = { outcome: "section", text: "see its key" };
const ENV_VARS: KeyTable = {
  key: { value: variableKey },
  value: always(OF_VARIABLE),
  previewValue: always(shared.PREVIEW),
  generateValue: always(OF_VARIABLE),
  sync: always(OF_VARIABLE),
  fromDatabase: section(all("name property", always(OF_VARIABLE))),
  fromService: section(all("name type property envVarKey", always(OF_VARIABLE))),
  fromGroup: always(automatic("the group's variables stand under envVarGroups")),
};

const IP_ALLOW_LIST = section(all("source description", always(shared.ACCESS)), {
  value: () => shared.ACCESS,
});
const CREDENTIAL = section({ fromRegistryCreds: section(all("name", always(shared.IMAGE))) });
const PREVIEWS = section(
  all("generation numInstances plan expireAfterDays", always(shared.PREVIEW)),
);

const SERVICE: KeyTable = {
  name: always(shared.NAME),
  type: always(automatic("what runs is found in the project")),
  ...all("runtime env", always(automatic("the language is found in the project"))),
  ...all("plan previewPlan", always(shared.SIZE)),
  previews: PREVIEWS,
  pullRequestPreviewsEnabled: always(shared.PREVIEW),
  buildCommand: always(shared.BUILD_COMMAND),
  startCommand: { value: startCommand },
  dockerCommand: { value: startCommand },
  preDeployCommand: { value: preDeployCommand },
  initialDeployHook: always(none("run it once after the first deploy: mizan run <command>")),
  schedule: always(shared.CRON),
  region: always(shared.REGION),
  ...all("repo branch", always(shared.REPOSITORY)),
  ...all("autoDeploy autoDeployTrigger", always(shared.TRIGGER)),
  domain: { value: domain },
  domains: { items: { value: domain } },
  renderSubdomainPolicy: always(none("a setting of Render")),
  healthCheckPath: always(shared.HEALTH),
  maxShutdownDelaySeconds: always(shared.DRAIN),
  maintenanceMode: section(all("enabled uri", always(none("no page stands in for the app")))),
  dockerfilePath: { value: dockerfile },
  dockerContext: always(none("a setting of the image's build")),
  registryCredential: CREDENTIAL,
  image: section({ url: always(shared.IMAGE), creds: CREDENTIAL }, { value: () => shared.IMAGE }),
  numInstances: always(shared.SCALE),
  scaling: section(
    all("minInstances maxInstances targetMemoryPercent targetCPUPercent", always(shared.SCALE)),
  ),
  buildFilter: section(all("paths ignoredPaths", always(shared.TRIGGER))),
  rootDir: always(automatic('found by its manage.py; facts["backend.root"] says otherwise')),
  disk: section(all("name mountPath sizeGB", always(shared.VOLUME))),
  staticPublishPath: always(automatic("a frontend's output is found, and served by the Edge")),
  headers: section(
    all("path name value", always(none("set response headers in the app, e.g. in a middleware"))),
  ),
  routes: section(
    all(
      "type source destination",
      always(none("navigations fall back to index.html; others: urls.py")),
    ),
  ),
  ipAllowList: IP_ALLOW_LIST,
  ...all(
    "maxmemoryPolicy persistenceMode",
    always(automatic("runs Redis of its own, if the settings need it")),
  ),
  envVars: section(ENV_VARS),
};

const DATABASE: KeyTable = {
  ...all(
    "name databaseName user postgresMajorVersion",
    always(automatic("runs PostgreSQL of its own, if the settings need it")),
  ),
  ...all(
    "plan previewPlan diskSizeGB previewDiskSizeGB storageAutoscalingEnabled connectionPool",
    always(shared.SIZE),
  ),
  region: always(shared.REGION),
  ipAllowList: IP_ALLOW_LIST,
  readReplicas: section(all("name", always(none("one PostgreSQL, without replicas"))), {
    value: () => none("one PostgreSQL, without replicas"),
  }),
  highAvailability: section(all("enabled", always(none("one PostgreSQL, without replicas")))),
};

const RESOURCES: KeyTable = {
  services: section(SERVICE),
  databases: section(DATABASE),
  envVarGroups: section({ name: always(shared.NAME), envVars: section(ENV_VARS) }),
};

export const RENDER: FormatTable = {
  keys: {
    ...RESOURCES,
    version: always(automatic("needs no version")),
    previews: PREVIEWS,
    ...all("previewsEnabled previewsExpireAfterDays", always(shared.PREVIEW)),
    ungrouped: section(RESOURCES),
    projects: section({
      name: always(shared.NAME),
      environments: section({
        ...RESOURCES,
        name: always(shared.NAME),
        networking: section(all("isolation", always(shared.NETWORK))),
        permissions: section(all("protection", always(none("a setting of Render's workspace")))),
        ipAllowList: IP_ALLOW_LIST,
      }),
    }),
  },
};
