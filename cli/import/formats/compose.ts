/**
 * Every key of a compose file, and what becomes of it. Keys: the Compose Specification and its
 * compose-spec.json (compose-spec/compose-spec), and the newer ones of Docker's reference,
 * https://docs.docker.com/reference/compose-file/; as stored in 2026-11.
 */

import {
  all,
  always,
  automatic,
  type FormatTable,
  type KeyRule,
  type KeyTable,
  none,
  opaque,
  section,
} from "../key-rule.ts";
import { SERVICE } from "./compose-service.ts";
import * as shared from "./shared-verdicts.ts";

const EXTERNAL = (becomes: ReturnType<typeof none>): KeyRule =>
  section(all("name", always(becomes)), { value: () => becomes });

const FILES = none("put what it holds into .env, or into a file outside of the project");

const NETWORK: KeyTable = {
  ...all("name driver internal enable_ipv4 enable_ipv6 attachable", always(shared.NETWORK)),
  ...all("driver_opts labels", opaque(shared.NETWORK)),
  external: EXTERNAL(shared.NETWORK),
  ipam: section({
    driver: always(shared.NETWORK),
    options: opaque(shared.NETWORK),
    config: section({
      ...all("subnet ip_range gateway", always(shared.NETWORK)),
      aux_addresses: opaque(shared.NETWORK),
    }),
  }),
};

const VOLUME: KeyTable = {
  ...all("name driver", always(shared.VOLUME)),
  ...all("driver_opts labels", opaque(shared.VOLUME)),
  external: EXTERNAL(shared.VOLUME),
};

const SECRET: KeyTable = {
  ...all("name environment file content template_driver driver", always(FILES)),
  ...all("driver_opts labels", opaque(FILES)),
  external: EXTERNAL(FILES),
};

const INCLUDE = none("import that file too: mizan init --from <path> --force");

export const COMPOSE: FormatTable = {
  extensionPrefix: "x-",
  keys: {
    version: always(automatic("needs no version")),
    name: always(shared.NAME),
    include: {
      value: () => INCLUDE,
      items: {
        value: () => INCLUDE,
        keys: all("path env_file project_directory", always(INCLUDE)),
      },
    },
    services: { each: SERVICE },
    networks: { each: section(NETWORK, { value: () => shared.NETWORK }) },
    volumes: { each: section(VOLUME, { value: () => shared.VOLUME }) },
    secrets: { each: section(SECRET) },
    configs: { each: section(SECRET) },
    models: {
      each: section(
        all(
          "name model context_size runtime_flags",
          always(none("another service: run it beside the app")),
        ),
      ),
    },
  },
};
