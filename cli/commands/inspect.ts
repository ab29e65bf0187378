/** `mizan inspect [--static] [--why <fact>]`. */

import { z } from "zod";
import { loadConfig } from "../config/load-config.ts";
import type { Context } from "../context.ts";
import { explainFact, type FactExplanation } from "../inspect/explain-fact.ts";
import { FACT_KEYS, findFactKey } from "../inspect/fact-table.ts";
import type { Inspection } from "../inspect/facts.ts";
import { inspectStatic } from "../inspect/inspect-static.ts";
import { renderExplanation } from "../inspect/render-explanation.ts";
import { renderInspection } from "../inspect/render-inspection.ts";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

export const inspect = defineCommand({
  name: "inspect",
  flags: [
    { flag: "--static", summary: "read files only; run no code of the app" },
    {
      flag: "--why <fact>",
      summary: "every candidate for one fact, and why it won",
      completes: FACT_KEYS,
    },
  ],
  options: z.strictObject({
    static: z.boolean().default(false),
    why: z.string().min(1).optional(),
  }),
  async run(context, options): Promise<Inspection | FactExplanation> {
    const key = options.why === undefined ? null : findFactKey(options.why);
    const inspection = await inspectProject(context, options.static);
    return key === null ? inspection : explainFact(inspection, key);
  },
  render: (result, { out }) =>
    "facts" in result ? renderInspection(result, out.paint) : renderExplanation(result, out.paint),
});

async function inspectProject(context: Context, isStatic: boolean): Promise<Inspection> {
  if (!isStatic) return (await openTarget(context)).inspect();
  const { config } = await loadConfig(context.cwd);
  return inspectStatic(context.cwd, config.facts);
}
