/** `mizan edge purge <context> [param=value…] | --all`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

const pair = z
  .string()
  .regex(/^[A-Za-z_]\w*=/, { error: "must be param=value, as in product_id=3" });

export const edgePurge = defineCommand({
  name: "edge purge",
  arguments: [
    { name: "[context]", summary: "context of the manifest" },
    { name: "[parameters...]", summary: "only what has these: param=value" },
  ],
  flags: [{ flag: "--all", summary: "everything" }],
  options: z
    .strictObject({
      context: z.string().min(1).optional(),
      parameters: z.array(pair).default([]),
      all: z.boolean().default(false),
    })
    .refine(({ context, all }) => (context === undefined) === all, {
      path: ["context"],
      error: "name a context, or say --all: one of the two",
    }),
  async run(context, options) {
    const target = await openTarget(context);
    return target.purgeEdge({
      context: options.context ?? null,
      parameters: Object.fromEntries(options.parameters.map(splitPair)),
    });
  },
  render: ({ purged }) => [purged === "*" ? "Purged everything" : `Purged ${purged}`],
});

function splitPair(text: string): readonly [string, string] {
  const end = text.indexOf("=");
  return [text.slice(0, end), text.slice(end + 1)];
}
