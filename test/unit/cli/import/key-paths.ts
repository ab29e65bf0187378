/** The key paths of a document as its own parser sees it: what a report must have, each once. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { Collector } from "../../../../cli/import/collector.ts";
import { findSources } from "../../../../cli/import/find-sources.ts";
import { FORMATS } from "../../../../cli/import/formats/index.ts";
import { readSource } from "../../../../cli/import/read-source.ts";
import { type ImportRow, reportKeys } from "../../../../cli/import/report-keys.ts";
import { formatKeyPath, type KeyPath } from "../../../../cli/import/source-node.ts";

export interface DocumentPaths {
  /** Of every key of every map. */
  readonly keys: readonly string[];
  /** Of every list item that is neither a map nor a list: these may have rows too. */
  readonly items: readonly string[];
}

export function parseDocument(text: string, file: string): unknown {
  if (file.endsWith(".toml")) return parseToml(text);
  return file.endsWith(".json")
    ? JSON.parse(text)
    : parseYaml(text, { merge: true, logLevel: "error" });
}

export function listPaths(value: unknown, path: KeyPath = []): DocumentPaths {
  if (Array.isArray(value)) {
    const scalars = value.flatMap((item, index) =>
      typeof item === "object" && item !== null ? [] : [formatKeyPath([...path, index])],
    );
    return join(
      { keys: [], items: scalars },
      ...value.map((item, index) => listPaths(item, [...path, index])),
    );
  }
  if (typeof value !== "object" || value === null || value instanceof Date) {
    return { keys: [], items: [] };
  }
  const parts = Object.entries(value).map(([key, child]) => {
    const below = listPaths(child, [...path, key]);
    return { keys: [formatKeyPath([...path, key]), ...below.keys], items: below.items };
  });
  return join(...parts);
}

function join(...parts: readonly DocumentPaths[]): DocumentPaths {
  return {
    keys: parts.flatMap(({ keys }) => keys),
    items: parts.flatMap(({ items }) => items),
  };
}

export interface ReportedFile {
  readonly text: string;
  readonly rows: readonly ImportRow[];
  readonly collector: Collector;
}

/** The report of a file that lies anywhere, by its name. */
export function reportFile(root: string, path: string): ReportedFile {
  const collector = new Collector();
  const [source] = findSources(root, path);
  if (source === undefined) throw new Error(`no source: ${path}`);
  const file = basename(path);
  const rows = reportKeys(readSource(source), FORMATS[source.format].table, file, collector);
  return { text: readFileSync(source.path, "utf8"), rows, collector };
}
