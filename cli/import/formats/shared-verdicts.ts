/** What becomes of settings that every hosting service has under a name of its own. */

import { automatic, none } from "../key-rule.ts";

export const HEALTH = automatic("each release is asked for its health before it gets traffic");
export const DRAIN = automatic("old processes finish their requests before they end");
export const ROLLOUT = automatic(
  "a release is started beside the live one, tried, then switched to",
);
export const TLS = automatic(
  "the Edge answers HTTP on this machine, and trusts no client's headers",
);
export const SERVED = automatic("static files are found in the settings, and served by the Edge");
export const ADDRESS = automatic("each process gets an address of its own");
export const RESTART = automatic("a process that ends is started again");
export const LOGS = none("logs are kept as files of the release: mizan logs");
export const METRICS = none("nothing collects metrics yet");
export const REGION = none("this version deploys to this machine: there is no region");
export const SIZE = none(
  "no limits on this machine: workers in the config sets how many there are",
);
export const SCALE = none("one machine, one set of processes: workers in the config sets how many");
export const VOLUME = none(
  "data is kept in the environment's folder, outside of releases: copy the volume's files there",
);
export const NETWORK = none("processes of one machine need no network between them");
export const NAME = none("the environment has a name of its own, and needs no other");
export const BUILDER = automatic("builds from the lock files: no builder, no buildpacks");
export const BUILD_COMMAND = automatic(
  "dependencies are installed, frontends built and static files collected in each build",
);
export const IMAGE = none("Mizan runs the project's own source, not an image");
export const CONTAINER = none("a setting of a container: Mizan runs processes");
export const REPOSITORY = automatic("what is deployed is this folder");
export const TRIGGER = none(
  "deploys are started by mizan deploy, from a hook or a workflow of yours",
);
export const PREVIEW = none("preview environments are not there yet");
export const CRON = none("use the machine's cron, with mizan run <command>");
export const ACCESS = none("the Edge binds 127.0.0.1 unless host in the config says otherwise");
