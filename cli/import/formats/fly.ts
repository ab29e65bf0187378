/**
 * Every key of fly.toml, and what becomes of it. Keys: "App configuration (fly.toml)",
 * https://fly.io/docs/reference/configuration/, and the structs that flyctl reads it into
 * (internal/appconfig of superfly/flyctl, machine_types.go of superfly/fly-go), which have some that
 * the page does not name; as stored in 2026-11.
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
import { variable } from "../variable-rules.ts";
import * as shared from "./shared-verdicts.ts";

const MACHINE = none("a setting of a Fly Machine");

/** The process group that exists without being named is `app`; a Procfile calls it `web`. */
const command: Decide = (value, place) =>
  describeCommand(
    { name: place.key === "app" ? "web" : place.key, command: readText(value) ?? "" },
    place,
  );
const imageCommand: Decide = (value, place) =>
  describeCommand({ name: "web", command: readWords(value) ?? "" }, place);
const releaseCommand: Decide = (value, place) =>
  describeCommand({ name: "release", command: readText(value) ?? "" }, place);

const dockerfile: Decide = (value, place) =>
  place.collector.addToFact("dockerfiles", readText(value) ?? "", null, place);

const PROCESS_GROUPS = always(automatic("each process knows what it serves"));
const CHECK: KeyTable = {
  ...all(
    `port type kind interval timeout grace_period method path protocol tls_skip_verify
     tls_server_name restart_limit command`,
    always(shared.HEALTH),
  ),
  headers: opaque(shared.HEALTH),
  processes: PROCESS_GROUPS,
};
const MACHINE_CHECK = all(
  "command image entrypoint kill_signal kill_timeout",
  always(none("mizan verify asks the questions of its protocol; run your own tests after it")),
);
const CONCURRENCY = all("type hard_limit soft_limit", always(shared.SCALE));
const AUTOSTOP = all(
  "auto_stop_machines auto_start_machines min_machines_running",
  always(none("processes run until mizan down")),
);
const HTTP_OPTIONS: KeyTable = {
  ...all("compress h2_backend idle_timeout headers_read_timeout", always(shared.TLS)),
  response: section({
    headers: opaque(none("set response headers in the app, e.g. in a middleware")),
    pristine: always(shared.TLS),
  }),
  replay_cache: section(
    all("path_prefix ttl_seconds type name allow_bypass", always(none("fly-replay is Fly's own"))),
  ),
};
const TLS_OPTIONS = all("alpn versions default_self_signed", always(shared.TLS));
const PROXY_OPTIONS = all("version", always(shared.TLS));

const HTTP_SERVICE: KeyTable = {
  internal_port: always(shared.ADDRESS),
  force_https: always(shared.TLS),
  ...AUTOSTOP,
  processes: PROCESS_GROUPS,
  concurrency: section(CONCURRENCY),
  tls_options: section(TLS_OPTIONS),
  http_options: section(HTTP_OPTIONS),
  proxy_proto_options: section(PROXY_OPTIONS),
  checks: section(CHECK),
  machine_checks: section(MACHINE_CHECK),
};

const SERVICE: KeyTable = {
  ...all("protocol internal_port", always(shared.ADDRESS)),
  ...AUTOSTOP,
  processes: PROCESS_GROUPS,
  concurrency: section(CONCURRENCY),
  ports: section({
    ...all("port start_port end_port", always(shared.ADDRESS)),
    ...all("handlers force_https", always(shared.TLS)),
    tls_options: section(TLS_OPTIONS),
    http_options: section(HTTP_OPTIONS),
    proxy_proto_options: section(PROXY_OPTIONS),
  }),
  tcp_checks: section(CHECK),
  http_checks: section(CHECK),
  script_checks: section(CHECK),
  machine_checks: section(MACHINE_CHECK),
};

const VM = all(
  `size memory cpus cpu_kind memory_mb max_memory_mb gpus gpu_kind kernel_args host_dedication_id
   persist_rootfs processes`,
  always(shared.SIZE),
);

const BUILD: KeyTable = {
  ...all("builder buildpacks builtin", always(shared.BUILDER)),
  image: always(shared.IMAGE),
  dockerfile: { value: dockerfile },
  ...all(
    "ignorefile build-target docker_build_target compression compression_level",
    always(none("a setting of the image's build")),
  ),
  args: opaque(none("build arguments of the image: what the build needs, put into .env")),
  settings: opaque(none("a setting of a builder")),
  compose: section({ file: always(none("import it: mizan init --from compose")) }),
};

const DEPLOY: KeyTable = {
  release_command: { value: releaseCommand },
  ...all("strategy max_unavailable wait_timeout", always(shared.ROLLOUT)),
  release_command_timeout: always(automatic("migrations take the time that they need")),
  release_command_vm: section(VM),
  seed_command: always(none("run it once after the first deploy: mizan run <command>")),
};

const EXPERIMENTAL: KeyTable = {
  ...all("cmd entrypoint exec", { value: imageCommand }),
  auto_rollback: always(shared.ROLLOUT),
  ...all(
    `enable_consul enable_etcd lazy_load_images machine_config use_zstd allowed_public_ports
     private_network`,
    always(MACHINE),
  ),
  attached: opaque(MACHINE),
};

export const FLY: FormatTable = {
  keys: {
    app: always(shared.NAME),
    primary_region: always(shared.REGION),
    ...all("kill_signal kill_timeout", always(shared.DRAIN)),
    swap_size_mb: always(shared.SIZE),
    console_command: always(automatic("mizan run shell")),
    host_dedication_id: always(MACHINE),
    experimental: section(EXPERIMENTAL),
    build: section(BUILD),
    deploy: section(DEPLOY),
    env: { each: { value: variable } },
    processes: { each: { value: command } },
    schedules: { each: always(shared.CRON) },
    mounts: section(
      all(
        `source destination initial_size snapshot_retention auto_extend_size_threshold
         auto_extend_size_increment auto_extend_size_limit processes scheduled_snapshots`,
        always(shared.VOLUME),
      ),
    ),
    http_service: section(HTTP_SERVICE),
    services: section(SERVICE),
    checks: { each: section(CHECK) },
    machine_checks: section(MACHINE_CHECK),
    files: section(
      all(
        "guest_path local_path secret_name raw_value processes",
        always(none("files of the project are there; others belong outside of it, named in .env")),
      ),
    ),
    restart: section(all("policy retries processes", always(shared.RESTART))),
    vm: section(VM),
    statics: section(
      all("guest_path url_prefix tigris_bucket index_document", always(shared.SERVED)),
    ),
    metrics: section(all("port path https processes", always(shared.METRICS))),
  },
};
