/** The parts of a Copilot manifest that are about containers: storage, logging, sidecars, network. */

import { all, always, type KeyTable, none, opaque, section } from "../key-rule.ts";
import * as shared from "./shared-verdicts.ts";

const SIDE = none("another container: run it beside the app");

export const STORAGE: KeyTable = {
  ephemeral: always(shared.SIZE),
  readonly_fs: always(shared.CONTAINER),
  volumes: {
    each: section({
      ...all("path read_only", always(shared.VOLUME)),
      efs: section(
        {
          ...all("root_dir uid gid", always(shared.VOLUME)),
          id: section(all("from_cfn", always(shared.VOLUME)), { value: () => shared.VOLUME }),
          auth: section(all("iam access_point_id", always(shared.VOLUME))),
        },
        { value: () => shared.VOLUME },
      ),
    }),
  },
};

export const LOGGING: KeyTable = {
  ...all("retention image enableMetadata configFilePath env_file", always(shared.LOGS)),
  ...all("destination secretOptions variables secrets", opaque(shared.LOGS)),
};

export const SIDECAR: KeyTable = {
  ...all("port essential credentialsParameter env_file entrypoint command", always(SIDE)),
  ...all("image variables secrets labels depends_on healthcheck", opaque(SIDE)),
  mount_points: section(all("source_volume path read_only", always(SIDE))),
};

const SECURITY_GROUP = section(all("from_cfn", always(shared.NETWORK)), {
  value: () => shared.NETWORK,
});

export const NETWORK: KeyTable = {
  connect: section(all("alias", always(shared.NETWORK)), { value: () => shared.NETWORK }),
  vpc: section({
    placement: section(
      {
        subnets: section({ from_tags: opaque(shared.NETWORK) }, { value: () => shared.NETWORK }),
      },
      { value: () => shared.NETWORK },
    ),
    security_groups: {
      value: () => shared.NETWORK,
      keys: { groups: SECURITY_GROUP, deny_default: always(shared.NETWORK) },
      items: { keys: { from_cfn: always(shared.NETWORK) } },
    },
  }),
};
