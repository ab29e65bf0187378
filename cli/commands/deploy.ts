/** `mizan deploy`. */

import { z } from "zod";
import { formatDuration } from "../output/format-duration.ts";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";
import { waitFlag, waitOption } from "./wait-flags.ts";

export const deploy = defineCommand({
  name: "deploy",
  flags: [{ flag: "--force", summary: "make a release though nothing changed" }, waitFlag],
  options: z.strictObject({ force: z.boolean().default(false), wait: waitOption }),
  async run(context, options) {
    const target = await openTarget(context);
    return target.deploy({ force: options.force, waitSeconds: options.wait });
  },
  render: (result) =>
    result.unchanged
      ? [`Nothing changed since ${result.release}. Live at ${result.url}`]
      : [`Live at ${result.url} (${result.release}, ${formatDuration(result.durationMs)})`],
});
