/** `mizan plan`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

const SYMBOL = { create: "+", change: "~", keep: "=", run: "▸", missing: "✗" } as const;

export const plan = defineCommand({
  name: "plan",
  flags: [],
  options: z.strictObject({}),
  run: async (context) => (await openTarget(context)).plan(),
  render: (result) => [
    `Environment ${result.environment} (${result.target}), live: ${result.release ?? "nothing"}`,
    ...result.changes.map((change) => `  ${SYMBOL[change.action]} ${change.area}: ${change.text}`),
    ...result.findings.map((finding) => `  ! ${finding.message} (${finding.evidence})`),
  ],
});
