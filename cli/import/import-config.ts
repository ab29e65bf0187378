/** `mizan init --from`: what becomes of another tool's configuration. Reads files, writes none. */

import { Collector, type ImportedVariable, type KeptValue } from "./collector.ts";
import { findSources, type ImportSource } from "./find-sources.ts";
import { FORMATS, type FormatName } from "./formats/index.ts";
import { readSource } from "./read-source.ts";
import { type ImportRow, reportKeys } from "./report-keys.ts";

export interface ImportedFile {
  readonly file: string;
  readonly format: FormatName;
  /** One for each key of the file, in its order. */
  readonly keys: readonly ImportRow[];
}

export interface ImportResult {
  readonly files: readonly ImportedFile[];
  /** Lines of the new config, by key of `facts` and of `environments.local`. */
  readonly facts: Readonly<Record<string, KeptValue>>;
  readonly environment: Readonly<Record<string, KeptValue>>;
  /** Variables that the other tool sets; values only where they look like plain configuration. */
  readonly variables: readonly ImportedVariable[];
}

/**
 * @param root Absolute folder of the project.
 * @param from A path, the name of a format, or `auto`.
 * @throws {MizanError} USAGE when there is no such file; APP_INVALID when it cannot be read.
 */
export function importConfig(root: string, from: string): ImportResult {
  const collector = new Collector();
  const files = findSources(root, from).map((source) => importFile(source, collector));
  return {
    files,
    facts: Object.fromEntries(collector.facts),
    environment: Object.fromEntries(collector.environment),
    variables: [...collector.variables.values()],
  };
}

function importFile(source: ImportSource, collector: Collector): ImportedFile {
  const { file, format } = source;
  const keys = reportKeys(readSource(source), FORMATS[format].table, file, collector);
  return { file, format, keys };
}
