/** `mizan run <command…>`: a manage.py command in the live release. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

export const run = defineCommand({
  name: "run",
  arguments: [{ name: "<command...>", summary: "the manage.py command and its arguments" }],
  flags: [],
  passThrough: true,
  options: z.strictObject({ command: z.array(z.string()).min(1) }),
  async run(context, options) {
    const target = await openTarget(context);
    return { status: await target.run(options.command) };
  },
  exitCode: (result) => result.status,
});
