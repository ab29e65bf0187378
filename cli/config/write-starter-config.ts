/** Writes the commented config that `mizan init` leaves behind; never needed, so all of it is optional. */

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MizanError } from "../../infra/contract/errors.ts";
import type { Inspection } from "../inspect/facts.ts";
import { CONFIG_FILES } from "./load-config.ts";

const FACTS_PLACEHOLDER = /^([ \t]*)\/\/ \{\{facts\}\}$/m;

/**
 * @param root Absolute folder of the project.
 * @param templatePath Absolute path of `templates/config/mizan.config.ts`.
 * @returns Absolute path of the new file.
 * @throws {MizanError} GUARD_REFUSED when the project has a config.
 */
export async function writeStarterConfig(
  root: string,
  templatePath: string,
  inspection: Inspection,
): Promise<string> {
  const existing = CONFIG_FILES.find((name) => existsSync(join(root, name)));
  if (existing !== undefined) {
    throw new MizanError("GUARD_REFUSED", `${existing} exists and is left as it is`, {
      hint: `Edit ${existing}, or delete it and run \`mizan init\` again.`,
      details: { file: existing },
    });
  }
  const path = join(root, "mizan.config.ts");
  const text = fillTemplate(await readFile(templatePath, "utf8"), inspection);
  // `wx`: whoever creates it in between keeps theirs.
  await writeFile(path, text, { flag: "wx" });
  return path;
}

/** The template with the facts that were found, each commented out and with its evidence. */
function fillTemplate(template: string, inspection: Inspection): string {
  const facts = Object.entries(inspection.facts).filter(([key]) => !key.startsWith("settings."));
  return template.replace(FACTS_PLACEHOLDER, (_line, indent: string) =>
    facts
      .map(([key, { value, from }]) => {
        const name = /^\w+$/.test(key) ? key : JSON.stringify(key);
        // One line each: evidence never has a newline, JSON neither.
        return `${indent}// ${name}: ${JSON.stringify(value)}, // ${from}`;
      })
      .join("\n"),
  );
}
