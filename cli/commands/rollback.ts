/** `mizan rollback [release]`. */

import { z } from "zod";
import { formatDuration } from "../output/format-duration.ts";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";
import { waitFlag, waitOption } from "./wait-flags.ts";

export const rollback = defineCommand({
  name: "rollback",
  arguments: [{ name: "[release]", summary: "release id (default: the one that was live before)" }],
  flags: [
    {
      flag: "--allow-migrations",
      summary: "go back though later migrations may not fit the older code",
    },
    waitFlag,
  ],
  options: z.strictObject({
    release: z.string().optional(),
    allowMigrations: z.boolean().default(false),
    wait: waitOption,
  }),
  async run(context, options) {
    const target = await openTarget(context);
    return target.rollback({
      to: options.release ?? null,
      allowMigrations: options.allowMigrations,
      waitSeconds: options.wait,
    });
  },
  render: (result) => [
    `Back to ${result.to} (from ${result.from}) at ${result.url} in ${formatDuration(result.durationMs)}`,
  ],
});
