/** The keys of a service of a compose file, by what the service is. Sources: see compose.ts. */

import { describeCommand } from "../describe-command.ts";
import {
  all,
  always,
  automatic,
  type Becomes,
  type Decide,
  type KeyRule,
  type KeyTable,
  none,
  opaque,
  section,
} from "../key-rule.ts";
import { findChild, readText, readWords, type SourceNode } from "../source-node.ts";
import { variableFile, variables } from "../variable-rules.ts";
import { BUILD, DEPLOY, DEVELOP, HEALTHCHECK, HOOK, MOUNT, REFERENCE } from "./compose-parts.ts";
import * as shared from "./shared-verdicts.ts";

interface Backing {
  readonly images: RegExp;
  readonly becomes: Becomes;
}

/** Services that stand beside the app, by their image. */
const BACKINGS: readonly Backing[] = [
  {
    images: /(^|\/)(postgres|postgis|timescaledb|pgvector)\b/,
    becomes: automatic("runs PostgreSQL of its own, if the settings need it"),
  },
  {
    images: /(^|\/)(redis|valkey|redis-stack|redis-stack-server)\b/,
    becomes: automatic("runs Redis of its own, if the settings need it"),
  },
  {
    images: /(^|\/)(nginx|traefik|caddy|haproxy|nginx-proxy)\b/,
    becomes: automatic("the Edge stands before the app"),
  },
];

/** @returns null for the app: what is built here, or is started by a command of its own. */
function findBacking(service: SourceNode): Becomes | null {
  const build = findChild(service, "build");
  const names = [
    readText(findChild(service, "image")),
    readText(build),
    readText(findChild(build, "context")),
    readText(findChild(build, "dockerfile")), // compose/production/postgres/Dockerfile
  ].filter((name) => name !== null);
  const known = BACKINGS.find(({ images }) => names.some((name) => images.test(name)));
  if (known !== undefined) return known.becomes;
  if (build !== undefined || findChild(service, "command") !== undefined) return null;
  return none("another container: run it beside the app, and put its address into .env");
}

/** Server commands are the `web` of a Procfile, others have the name of their service. */
const command: Decide = (value, place) => {
  const words = readWords(value);
  if (words === null) return automatic("the image's own");
  const service = place.path.at(-2);
  const isServer = /\b(gunicorn|uvicorn|daphne|hypercorn|granian|waitress-serve|uwsgi)\b/.test(
    words,
  );
  return describeCommand(
    { name: isServer ? "web" : String(service ?? "web"), command: words },
    place,
  );
};

const OPTIONS = always(shared.CONTAINER);
const LISTED: KeyRule = { ...opaque(shared.CONTAINER) };

const ENV_FILE: KeyRule = {
  value: variableFile,
  items: {
    value: variableFile,
    keys: { path: { value: variableFile }, ...all("format required", OPTIONS) },
  },
};

const DEPENDS_ON: KeyRule = {
  value: () => automatic("services are started before the app"),
  each: section(
    all("condition required restart", always(automatic("services are started before the app"))),
  ),
};

const ATTACHMENT = section({
  ...all(
    `aliases interface_name ipv4_address ipv6_address link_local_ips mac_address priority gw_priority`,
    always(shared.NETWORK),
  ),
  driver_opts: opaque(shared.NETWORK),
});

const PORTS: KeyRule = {
  value: () => shared.ADDRESS,
  items: {
    value: () => shared.ADDRESS,
    keys: all("name mode host_ip target published protocol app_protocol", always(shared.ADDRESS)),
  },
};

/** Of a service that is the app itself, or a part of it. */
const APP: KeyTable = {
  build: section(BUILD, {
    value: () => automatic("builds from the lock files: no Dockerfile is needed"),
  }),
  ...all("command entrypoint", { value: command }),
  environment: variables,
  env_file: ENV_FILE,
  image: always(shared.IMAGE),
  ports: PORTS,
  expose: always(shared.ADDRESS),
  depends_on: DEPENDS_ON,
  links: always(automatic("services are started before the app")),
  healthcheck: section(HEALTHCHECK),
  volumes: { value: () => shared.VOLUME, items: { value: () => shared.VOLUME, keys: MOUNT } },
  ...all("volumes_from tmpfs", always(shared.VOLUME)),
  networks: { value: () => shared.NETWORK, each: { ...ATTACHMENT, value: () => shared.NETWORK } },
  ...all(
    "network_mode dns dns_opt dns_search domainname hostname external_links mac_address",
    always(shared.NETWORK),
  ),
  extra_hosts: opaque(shared.NETWORK),
  restart: always(shared.RESTART),
  scale: always(shared.SCALE),
  ...all("stop_grace_period stop_signal", always(shared.DRAIN)),
  deploy: section(DEPLOY),
  develop: section(DEVELOP),
  ...all(
    `cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset
     mem_limit mem_reservation mem_swappiness memswap_limit pids_limit shm_size oom_kill_disable
     oom_score_adj`,
    always(shared.SIZE),
  ),
  ...all("ulimits blkio_config gpus", opaque(shared.SIZE)),
  ...all("secrets configs", section(REFERENCE, { value: () => REFERENCED })),
  logging: section({ driver: always(shared.LOGS), options: opaque(shared.LOGS) }),
  ...all("post_start pre_stop pre_start", section(HOOK)),
  profiles: always(none("every process that the app needs is started")),
  extends: section(all("service file", always(none("import the file that it extends too"))), {
    value: () => none("import the file that it extends too"),
  }),
  provider: section({ type: OPTIONS, options: LISTED }),
  models: {
    value: () => shared.CONTAINER,
    each: section(all("endpoint_var model_var", OPTIONS)),
  },
  ...all("annotations labels sysctls storage_opt credential_spec devices", LISTED),
  ...all(
    `attach cap_add cap_drop cgroup cgroup_parent container_name device_cgroup_rules group_add init
     ipc isolation label_file pid platform privileged pull_policy pull_refresh_after read_only runtime
     security_opt stdin_open tty use_api_socket user userns_mode uts working_dir`,
    OPTIONS,
  ),
};

const REFERENCED = none("put what it holds into .env, or into a file outside of the project");

/** Of a service beside the app: all its keys become what it becomes. */
function createBackingTable(becomes: Becomes): KeyTable {
  return Object.fromEntries(Object.keys(APP).map((key) => [key, opaque(becomes)]));
}

const BACKING_TABLES = new Map<string, KeyTable>();

function chooseTable(service: SourceNode): KeyTable {
  const backing = findBacking(service);
  if (backing === null) return APP;
  const known = BACKING_TABLES.get(backing.text) ?? createBackingTable(backing);
  BACKING_TABLES.set(backing.text, known);
  return known;
}

export const SERVICE: KeyRule = {
  keys: chooseTable,
  section: (value) => findBacking(value) ?? { outcome: "section", text: "see its keys" },
};
