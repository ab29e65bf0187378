/** `mizan status`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import type { StatusResult } from "../targets/target.ts";
import { defineCommand } from "./define-command.ts";

export const status = defineCommand({
  name: "status",
  flags: [],
  options: z.strictObject({}),
  run: async (context) => (await openTarget(context)).status(),
  render: renderStatus,
});

/** The same words for `status` and `up`. */
export function renderStatus(result: StatusResult): readonly string[] {
  const where = `Environment ${result.environment} (${result.target})`;
  if (result.state === "none") return [`${where}: nothing is deployed. Next: mizan deploy`];
  if (result.state === "down") {
    return [`${where}: stopped, release ${result.release} is kept. Next: mizan up`];
  }
  const rows = result.processes.map((process) => {
    const times = process.restarts === 1 ? "once" : `${process.restarts} times`;
    const restarts = process.restarts === 0 ? "" : `, restarted ${times}`;
    const release = process.release ?? "-";
    return `  ${process.name.padEnd(9)} ${release.padEnd(14)} ${process.state} (pid ${process.pid ?? "-"}${restarts})`;
  });
  return [`${where}: ${result.url}, release ${result.release}`, ...rows, `  ${result.edge}`];
}
