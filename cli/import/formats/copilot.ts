/**
 * Every key of an AWS Copilot manifest, and what becomes of it: Load Balanced Web Service, Backend
 * Service, Worker Service, Scheduled Job, Request-Driven Web Service, Static Site. Keys: the manifest
 * pages, https://aws.github.io/copilot-cli/docs/manifest/overview/, and the structs of
 * internal/pkg/manifest (aws/copilot-cli), which keep deprecated spellings; as stored in 2026-11.
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
import { findChild, readText, readWords } from "../source-node.ts";
import { secretName, variable, variableFile } from "../variable-rules.ts";
import { LOGGING, NETWORK, SIDECAR, STORAGE } from "./copilot-containers.ts";
import * as shared from "./shared-verdicts.ts";

const alias: Decide = (value, place) =>
  place.collector.keepEnvironment("hosts", [readText(value) ?? ""], place);

const aliases: Decide = (value, place) =>
  place.collector.keepEnvironment(
    "hosts",
    value.kind === "list"
      ? value.items.map((item) => readText(item) ?? "")
      : [readText(value) ?? ""],
    place,
  );

/** The service with its name and type stands at the top; overrides stand deeper, without them. */
const command: Decide = (value, place) => {
  const type = readText(findChild(place.parent, "type"));
  if (type === "Scheduled Job") return shared.CRON;
  const isWorker = type === "Worker Service";
  const name = isWorker ? (readText(findChild(place.parent, "name")) ?? "worker") : "web";
  return describeCommand({ name, command: readWords(value) ?? "" }, place);
};

const dockerfile: Decide = (value, place) => {
  const path = (readText(value) ?? "").replace(/^\.\//, "");
  return place.collector.addToFact("dockerfiles", path, null, place);
};

const HEALTH_KEYS = all(
  `path port success_codes healthy_threshold unhealthy_threshold interval timeout grace_period
   command retries start_period`,
  always(shared.HEALTH),
);
const HEALTH = section(HEALTH_KEYS, { value: () => shared.HEALTH });

const RULE: KeyTable = {
  path: always(automatic("Django answers every path that its URLconf has")),
  version: always(shared.TLS),
  healthcheck: HEALTH,
  stickiness: always(shared.SCALE),
  alias: section({ name: { value: alias }, hosted_zone: always(shared.TLS) }, { value: aliases }),
  deregistration_delay: always(shared.DRAIN),
  ...all("target_container targetContainer target_port", always(shared.ADDRESS)),
  allowed_source_ips: always(shared.ACCESS),
  hosted_zone: always(shared.TLS),
  redirect_to_https: always(shared.TLS),
};

const HTTP = section(
  {
    ...RULE,
    alb: always(shared.NETWORK),
    additional_rules: section(RULE),
    private: section(all("endpoint", always(shared.NETWORK)), { value: () => shared.ACCESS }),
  },
  { value: () => shared.ADDRESS },
);

const LISTENER: KeyTable = {
  ...all("port target_container target_port", always(shared.ADDRESS)),
  ...all("ssl_policy", always(shared.TLS)),
  stickiness: always(shared.SCALE),
  healthcheck: HEALTH,
  deregistration_delay: always(shared.DRAIN),
};
const NLB = section({
  ...LISTENER,
  alias: { value: aliases },
  additional_listeners: section(LISTENER),
});

const IMAGE: KeyTable = {
  build: section(
    {
      dockerfile: { value: dockerfile },
      ...all("context target cache_from", always(none("a setting of the image's build"))),
      args: opaque(none("build arguments of the image: what the build needs, put into .env")),
    },
    { value: dockerfile },
  ),
  ...all("location credentials", always(shared.IMAGE)),
  port: always(shared.ADDRESS),
  labels: opaque(shared.CONTAINER),
  depends_on: { each: always(shared.CONTAINER) },
  healthcheck: section(HEALTH_KEYS),
};

const COOLDOWN = section(all("in out", always(shared.SCALE)));
const METRIC = section(
  { value: always(shared.SCALE), cooldown: COOLDOWN },
  { value: () => shared.SCALE },
);
const COUNT = section(
  {
    range: section(all("min max spot_from", always(shared.SCALE)), { value: () => shared.SCALE }),
    spot: always(shared.SCALE),
    cooldown: COOLDOWN,
    ...all("cpu_percentage memory_percentage requests response_time", METRIC),
    queue_delay: section({
      ...all("acceptable_latency msg_processing_time", always(shared.SCALE)),
      cooldown: COOLDOWN,
    }),
  },
  { value: () => shared.SCALE },
);

const QUEUE_TEXT = none(
  "no queue of AWS: Celery's broker is Redis of its own, if the settings need it",
);
const FIFO = section(
  all(
    "content_based_deduplication deduplication_scope throughput_limit high_throughput",
    always(QUEUE_TEXT),
  ),
  { value: () => QUEUE_TEXT },
);
const QUEUE = section(
  {
    ...all("retention delay timeout", always(QUEUE_TEXT)),
    dead_letter: section(all("tries", always(QUEUE_TEXT))),
    fifo: FIFO,
  },
  { value: () => QUEUE_TEXT },
);
const TOPICS = section({
  ...all("name service", always(QUEUE_TEXT)),
  filter_policy: opaque(QUEUE_TEXT),
  queue: QUEUE,
  fifo: FIFO,
});

const FROM_STACK = section(all("from_cfn", always(none("a value of a CloudFormation stack"))), {
  section: secretName,
  value: variable,
});
const SECRET = section(
  all("from_cfn secretsmanager", always(none("where AWS keeps it: put the value into .env"))),
  { section: secretName, value: secretName },
);

const SETTINGS: KeyTable = {
  http: HTTP,
  nlb: NLB,
  image: section(IMAGE),
  ...all("command entrypoint", { value: command }),
  ...all("cpu memory", always(shared.SIZE)),
  platform: section(all("osfamily architecture", always(shared.CONTAINER)), {
    value: () => shared.CONTAINER,
  }),
  count: COUNT,
  exec: section(all("enable", always(automatic("mizan run"))), {
    value: () => automatic("mizan run"),
  }),
  variables: { each: FROM_STACK },
  secrets: { each: SECRET },
  env_file: { value: variableFile },
  storage: section(STORAGE),
  logging: section(LOGGING),
  sidecars: { each: section(SIDECAR) },
  network: section(NETWORK),
  publish: section({ topics: TOPICS }),
  subscribe: section({ topics: TOPICS, queue: QUEUE }),
  deployment: section({
    rolling: always(shared.ROLLOUT),
    rollback_alarms: section(
      all("cpu_utilization memory_utilization messages_delayed", always(shared.ROLLOUT)),
      { value: () => shared.ROLLOUT },
    ),
  }),
  observability: section(all("tracing", always(shared.METRICS))),
  taskdef_overrides: section({ path: always(shared.CONTAINER), value: opaque(shared.CONTAINER) }),
  tags: opaque(none("a tag of AWS")),
  on: section(all("schedule", always(shared.CRON))),
  ...all("retries timeout", always(shared.CRON)),
  files: section(all("source recursive destination exclude reinclude", always(shared.SERVED))),
};

export const COPILOT: FormatTable = {
  keys: {
    name: always(shared.NAME),
    type: always(automatic("what runs is found in the project")),
    ...SETTINGS,
    environments: { each: section(SETTINGS), isOverride: true },
  },
};
