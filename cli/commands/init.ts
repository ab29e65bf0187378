/** `mizan init [--from <source>]`. */

import { relative } from "node:path";
import { z } from "zod";
import { writeStarterConfig } from "../config/write-starter-config.ts";
import { FORMAT_NAMES } from "../import/formats/index.ts";
import { type ImportResult, importConfig } from "../import/import-config.ts";
import { renderImport } from "../import/render-import.ts";
import { inspectStatic } from "../inspect/inspect-static.ts";
import { defineCommand } from "./define-command.ts";

interface InitResult {
  /** Of the new config; null with `--dry-run`. */
  readonly path: string | null;
  /** Configs that `--force` moved away, by their new names. */
  readonly keptAs: readonly string[];
  readonly import?: ImportResult;
}

export const init = defineCommand({
  name: "init",
  flags: [
    {
      flag: "--from <source>",
      summary: "import: a file, fly, render, … or auto",
      completes: ["auto", ...FORMAT_NAMES],
    },
    { flag: "--dry-run", summary: "show what would be imported; write nothing" },
    { flag: "--force", summary: "replace a config; the old one is kept as .old" },
  ],
  options: z.strictObject({
    from: z.string().min(1).optional(),
    dryRun: z.boolean().default(false),
    force: z.boolean().default(false),
  }),
  async run(context, { from, dryRun, force }): Promise<InitResult> {
    const imported = from === undefined ? undefined : importConfig(context.cwd, from);
    const shown = imported === undefined ? {} : { import: imported };
    if (dryRun) return { path: null, keptAs: [], ...shown };
    const template = context.packageFile("templates/config/mizan.config.ts");
    const inspection = inspectStatic(context.cwd);
    const written = await writeStarterConfig(context.cwd, template, inspection, {
      imported,
      force,
    });
    const path = relative(context.cwd, written.path);
    return { path, keptAs: written.keptAs, ...shown };
  },
  render: (result) => [
    ...(result.import === undefined ? [] : renderImport(result.import)),
    ...result.keptAs.map((name) => `The config that was there is ${name} now.`),
    result.path === null
      ? "Nothing was written."
      : `Wrote ${result.path}. Everything in it is optional.`,
  ],
});
