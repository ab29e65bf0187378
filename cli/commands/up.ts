/** `mizan up [--at-boot]`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";
import { renderStatus } from "./status.ts";

export const up = defineCommand({
  name: "up",
  flags: [{ flag: "--at-boot", summary: "and at every start of the machine (a user service)" }],
  options: z.strictObject({ atBoot: z.boolean().default(false) }),
  run: async (context, options) => (await openTarget(context)).up(options),
  render: renderStatus,
});
