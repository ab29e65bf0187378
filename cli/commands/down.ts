/** `mizan down`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

export const down = defineCommand({
  name: "down",
  flags: [],
  options: z.strictObject({}),
  run: async (context) => ({ stopped: await (await openTarget(context)).down() }),
  render: (result) => [
    result.stopped
      ? "Stopped. Releases and data are kept. Back with: mizan up"
      : "Nothing is deployed here.",
  ],
});
