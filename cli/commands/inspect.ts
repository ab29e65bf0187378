/** `mizan inspect [--static]`. */

import { z } from "zod";
import { loadConfig } from "../config/load-config.ts";
import type { Inspection } from "../inspect/facts.ts";
import { inspectStatic } from "../inspect/inspect-static.ts";
import { renderInspection } from "../inspect/render-inspection.ts";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

export const inspect = defineCommand({
  name: "inspect",
  flags: [{ flag: "--static", summary: "read files only; run no code of the app" }],
  options: z.strictObject({ static: z.boolean().default(false) }),
  async run(context, options): Promise<Inspection> {
    if (!options.static) return (await openTarget(context)).inspect();
    const { config } = await loadConfig(context.cwd);
    return inspectStatic(context.cwd, config.facts);
  },
  render: (result) => renderInspection(result),
});
