/** `mizan logs [-f] [--process <name>]`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";
import { wholeNumber } from "./whole-number.ts";

export const logs = defineCommand({
  name: "logs",
  flags: [
    { flag: "-f, --follow", summary: "go on showing new lines" },
    { flag: "--process <name>", summary: "only this one: origin, worker, beat, edge, …" },
    { flag: "--lines <n>", summary: "how many of the last lines of each to show (default 100)" },
  ],
  options: z.strictObject({
    follow: z.boolean().default(false),
    process: z.string().optional(),
    lines: wholeNumber.default(100),
  }),
  async run(context, options) {
    const target = await openTarget(context);
    const wanted = { ...options, process: options.process ?? null };
    await target.logs(wanted, (process, line) => {
      context.out.line(options.process ? line : `${process.padEnd(8)} │ ${line}`);
      context.out.event({ type: "log", process, line });
    });
    return {};
  },
});
