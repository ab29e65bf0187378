/** `mizan init`. */

import { relative } from "node:path";
import { z } from "zod";
import { writeStarterConfig } from "../config/write-starter-config.ts";
import { inspectStatic } from "../inspect/inspect-static.ts";
import { defineCommand } from "./define-command.ts";

export const init = defineCommand({
  name: "init",
  flags: [],
  options: z.strictObject({}),
  async run(context) {
    const template = context.packageFile("templates/config/mizan.config.ts");
    const path = await writeStarterConfig(context.cwd, template, inspectStatic(context.cwd));
    return { path: relative(context.cwd, path) };
  },
  render: (result) => [`Wrote ${result.path}. Everything in it is optional.`],
});
