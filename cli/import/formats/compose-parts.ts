/** The parts of a service of a compose file that have keys of their own. Sources: see compose.ts. */

import {
  all,
  always,
  automatic,
  type Decide,
  type KeyRule,
  type KeyTable,
  none,
  opaque,
  section,
} from "../key-rule.ts";
import { findChild, readText } from "../source-node.ts";
import * as shared from "./shared-verdicts.ts";

const OF_BUILD = none("a setting of the image's build");
const CONTAINER = always(shared.CONTAINER);

/** Named from the build's context, which is named from the project. */
const dockerfile: Decide = (value, place) => {
  const context = (readText(findChild(place.parent, "context")) ?? ".").replace(/^\.\/?|\/$/g, "");
  const name = (readText(value) ?? "").replace(/^\.\//, "");
  const path = context === "" ? name : `${context}/${name}`;
  return place.collector.addToFact("dockerfiles", path, null, place);
};

const ULIMITS: KeyRule = opaque(shared.SIZE);

export const REFERENCE: KeyTable = all(
  "source target uid gid mode",
  always(none("put what it holds into .env, or into a file outside of the project")),
);

export const BUILD: KeyTable = {
  context: always(automatic("found by its manage.py or package.json")),
  dockerfile: { value: dockerfile },
  dockerfile_inline: always(OF_BUILD),
  args: opaque(none("build arguments of the image: what the build needs, put into .env")),
  ...all("ssh labels additional_contexts extra_hosts", opaque(OF_BUILD)),
  ...all(
    `cache_from cache_to entitlements isolation network no_cache no_cache_filter platforms privileged
     provenance pull sbom shm_size tags target`,
    always(OF_BUILD),
  ),
  ulimits: ULIMITS,
  secrets: section(REFERENCE, { value: () => OF_BUILD }),
};

export const HEALTHCHECK: KeyTable = all(
  "test interval timeout retries start_period start_interval disable",
  always(shared.HEALTH),
);

export const HOOK: KeyTable = {
  ...all(
    "command user privileged working_dir",
    always(none("run it yourself: mizan run <command>")),
  ),
  environment: opaque(none("run it yourself: mizan run <command>")),
};

export const MOUNT: KeyTable = {
  ...all("type source target read_only consistency", always(shared.VOLUME)),
  bind: section(all("propagation create_host_path recursive selinux", always(shared.VOLUME))),
  volume: section({
    ...all("nocopy subpath", always(shared.VOLUME)),
    labels: opaque(shared.VOLUME),
  }),
  tmpfs: section(all("size mode", always(shared.VOLUME))),
  image: section(all("subpath", always(shared.VOLUME))),
};

const WATCH = automatic("a deploy takes what is in the folder");

export const DEVELOP: KeyTable = {
  watch: section({
    ...all("path action target ignore include initial_sync", always(WATCH)),
    exec: section(HOOK),
  }),
};

const UPDATE = section(
  all("parallelism delay failure_action monitor max_failure_ratio order", always(shared.ROLLOUT)),
);

const DEVICES = section({
  ...all("capabilities count device_ids driver", always(shared.SIZE)),
  options: opaque(shared.SIZE),
});

export const DEPLOY: KeyTable = {
  ...all("mode endpoint_mode replicas", always(shared.SCALE)),
  labels: opaque(shared.CONTAINER),
  rollback_config: UPDATE,
  update_config: UPDATE,
  restart_policy: section(all("condition delay max_attempts window", always(shared.RESTART))),
  placement: section({
    ...all("constraints max_replicas_per_node", CONTAINER),
    preferences: section(all("spread", CONTAINER)),
  }),
  resources: section({
    limits: section(all("cpus memory pids", always(shared.SIZE))),
    reservations: section({
      ...all("cpus memory", always(shared.SIZE)),
      generic_resources: section({
        discrete_resource_spec: section(all("kind value", always(shared.SIZE))),
      }),
      devices: DEVICES,
    }),
  }),
};
