/** Reads TOML into source nodes. */

import { parse, TomlError } from "smol-toml";
import { createSourceError } from "./source-error.ts";
import type { KeyPath, SourceNode } from "./source-node.ts";
import { findTomlLines, type TomlLines } from "./toml-lines.ts";

/**
 * @param file Name for messages.
 * @throws {MizanError} APP_INVALID with the line; the message never holds text of the file.
 */
export function parseTomlSource(text: string, file: string): SourceNode {
  try {
    return buildNode(parse(text, { maxDepth: 64 }), [], findTomlLines(text), 1);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The first line is the parser's; those below it quote the file.
    const problem = (error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "");
    throw createSourceError(file, error.line, `it is not valid TOML (${problem})`, error);
  }
}

function buildNode(value: unknown, path: KeyPath, lines: TomlLines, above: number): SourceNode {
  const line = lines.get(JSON.stringify(path)) ?? above;
  if (Array.isArray(value)) {
    const items = value.map((item, index) => buildNode(item, [...path, index], lines, line));
    return { kind: "list", line, items };
  }
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    const entries = Object.entries(value).map(([key, child]) => {
      const node = buildNode(child, [...path, key], lines, line);
      return { key, line: node.line, value: node };
    });
    return { kind: "map", line, entries };
  }
  if (typeof value === "number" || typeof value === "boolean") {
    return { kind: "scalar", line, value };
  }
  return { kind: "scalar", line, value: String(value) };
}
