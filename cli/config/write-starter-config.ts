/** Writes the commented config that `mizan init` leaves behind; never needed, so all of it is optional. */

import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MizanError } from "../../infra/contract/errors.ts";
import type { ImportResult } from "../import/import-config.ts";
import type { Inspection } from "../inspect/facts.ts";
import { CONFIG_FILES } from "./load-config.ts";

const FACTS_PLACEHOLDER = /^([ \t]*)\/\/ \{\{facts\}\}$/m;
const VARIABLES_PLACEHOLDER = /^([ \t]*)\/\/ \{\{variables\}\}\n/m;

export interface StarterConfigOptions {
  /** What another tool's configuration says: its lines take effect, the others are comments. */
  readonly imported?: ImportResult | undefined;
  /** Replaces a config that is there, which is kept beside it with `.old` behind its name. */
  readonly force?: boolean;
}

export interface StarterConfig {
  /** Absolute path of the new file. */
  readonly path: string;
  /** Names of the configs that were there before, as they are called now. */
  readonly keptAs: readonly string[];
}

/**
 * @param root Absolute folder of the project.
 * @param templatePath Absolute path of `templates/config/mizan.config.ts`.
 * @throws {MizanError} GUARD_REFUSED when the project has a config and `force` is not set.
 */
export async function writeStarterConfig(
  root: string,
  templatePath: string,
  inspection: Inspection,
  { imported, force = false }: StarterConfigOptions = {},
): Promise<StarterConfig> {
  const existing = CONFIG_FILES.filter((name) => existsSync(join(root, name)));
  if (existing[0] !== undefined && !force) throw createExistsError(existing[0]);
  const path = join(root, "mizan.config.ts");
  const text = fillTemplate(await readFile(templatePath, "utf8"), inspection, imported);
  const keptAs: string[] = [];
  for (const name of existing) keptAs.push(await moveAway(root, name));
  // `wx`: whoever creates it in between keeps theirs.
  await writeFile(path, text, { flag: "wx" });
  return { path, keptAs };
}

function createExistsError(file: string): MizanError {
  return new MizanError("GUARD_REFUSED", `${file} exists and is left as it is`, {
    hint: `Edit ${file}, or run \`mizan init\` with --force: it is kept as ${file}.old.`,
    details: { file },
  });
}

/** @returns the new name: no file that is there is written over. */
async function moveAway(root: string, name: string): Promise<string> {
  let target = `${name}.old`;
  for (let count = 2; existsSync(join(root, target)); count += 1) target = `${name}.old-${count}`;
  await rename(join(root, name), join(root, target));
  return target;
}

/** The template with the facts that were found, each commented out and with its evidence. */
function fillTemplate(
  template: string,
  inspection: Inspection,
  imported: ImportResult | undefined,
): string {
  let text = template.replace(FACTS_PLACEHOLDER, (_line, indent: string) =>
    listFactLines(inspection, imported, indent).join("\n"),
  );
  text = text.replace(VARIABLES_PLACEHOLDER, (_line, indent: string) =>
    imported === undefined ? "" : describeVariables(imported, indent),
  );
  for (const [key, { value, from }] of Object.entries(imported?.environment ?? {})) {
    const option = new RegExp(`^([ \\t]*)// ${key}: .*,$`, "m");
    text = text.replace(option, (_line, indent: string) => {
      return `${indent}${key}: ${JSON.stringify(value)}, // ${toComment(from)}`;
    });
  }
  return text;
}

/** Imported facts first, since they take effect; each fact once. */
function listFactLines(
  inspection: Inspection,
  imported: ImportResult | undefined,
  indent: string,
): readonly string[] {
  const kept = Object.entries(imported?.facts ?? {});
  const found = Object.entries(inspection.facts).filter(
    ([key]) => !key.startsWith("settings.") && imported?.facts[key] === undefined,
  );
  return [
    ...kept.map(([key, fact]) => `${indent}${createFactLine(key, fact)}`),
    ...found.map(([key, fact]) => `${indent}// ${createFactLine(key, fact)}`),
  ];
}

/** One line: JSON never has a newline, and the evidence loses any that it has. */
function createFactLine(
  key: string,
  { value, from }: { readonly value: unknown; readonly from: string },
): string {
  const name = /^\w+$/.test(key) ? key : JSON.stringify(key);
  return `${name}: ${JSON.stringify(value)}, // ${toComment(from)}`;
}

/** Names only: a config is committed. */
function describeVariables({ variables, files }: ImportResult, indent: string): string {
  if (variables.length === 0) return "";
  const where = toComment(files.map(({ file }) => file).join(", "));
  const names = variables.map(({ name }) => name).join(", ");
  return `${indent}// Set by ${where}, and to be given in .env: ${names}\n`;
}

/** Whatever a file is called, it stays in the comment. */
function toComment(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
