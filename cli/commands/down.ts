/** `mizan down`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

export const down = defineCommand({
  name: "down",
  flags: [],
  options: z.strictObject({}),
  async run(context) {
    await (await openTarget(context)).down();
    return {};
  },
  render: () => ["Stopped. Releases and data are kept. Back with: mizan up"],
});
