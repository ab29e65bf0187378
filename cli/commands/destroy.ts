/** `mizan destroy [--keep-data]`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

export const destroy = defineCommand({
  name: "destroy",
  flags: [{ flag: "--keep-data", summary: "leave the data folder (database, uploads)" }],
  options: z.strictObject({ keepData: z.boolean().default(false) }),
  async run(context, options) {
    await (await openTarget(context)).destroy(options);
    return { keptData: options.keepData };
  },
  render: (result) => [result.keptData ? "Destroyed. The data folder is kept." : "Destroyed."],
});
