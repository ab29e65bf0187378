/** The release's environment variables with their values: one file, mode 0600, beside the release. */

import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";

const tableSchema = z.record(z.string(), z.string());

export async function writeVariablesFile(
  file: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  await writeFile(file, JSON.stringify(values), { mode: 0o600 });
}

export async function readVariablesFile(file: string): Promise<Record<string, string>> {
  return tableSchema.parse(JSON.parse(await readFile(file, "utf8")));
}
