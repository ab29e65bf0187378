/** `mizan destroy [--keep-data]`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

export const destroy = defineCommand({
  name: "destroy",
  flags: [{ flag: "--keep-data", summary: "leave the data folder (database, uploads)" }],
  options: z.strictObject({ keepData: z.boolean().default(false) }),
  async run(context, options) {
    const destroyed = await (await openTarget(context)).destroy(options);
    return { destroyed, keptData: destroyed && options.keepData };
  },
  render: (result) => {
    if (!result.destroyed) return ["Nothing is deployed here."];
    return [result.keptData ? "Destroyed. The data folder is kept." : "Destroyed."];
  },
});
