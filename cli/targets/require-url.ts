/** The address of what is live, for commands that need one. */

import { MizanError } from "../../infra/contract/errors.ts";
import type { StatusResult } from "./target.ts";

/** @throws {MizanError} NOTHING_LIVE when the environment is down or was never deployed. */
export function requireUrl(status: StatusResult): string {
  if (status.url !== null && status.state === "up") return status.url;
  throw new MizanError("NOTHING_LIVE", `Environment ${status.environment} is not running.`, {
    hint: status.state === "down" ? "mizan up" : "mizan deploy",
  });
}
