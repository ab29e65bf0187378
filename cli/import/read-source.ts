/** Reads one file of another tool into a tree, whatever its size, encoding and syntax. */

import { readFileSync, statSync } from "node:fs";
import type { ImportSource } from "./find-sources.ts";
import { parseProcfileSource } from "./parse-procfile-source.ts";
import { parseTomlSource } from "./parse-toml-source.ts";
import { parseJsonSource, parseYamlSource } from "./parse-yaml-source.ts";
import { createSourceError } from "./source-error.ts";
import type { SourceNode } from "./source-node.ts";

/** Real ones are a few KiB. */
const MAX_SIZE_BYTES = 1024 * 1024;

/** @throws {MizanError} APP_INVALID with the line, where there is one. */
export function readSource({ format, path, file }: ImportSource): SourceNode {
  const { size } = statSync(path);
  if (size > MAX_SIZE_BYTES) {
    throw createSourceError(file, null, `it has ${size} bytes, ${MAX_SIZE_BYTES} are the limit`);
  }
  const text = decode(readFileSync(path), file);
  if (format === "procfile") return parseProcfileSource(text);
  const root = parse(text, file, path);
  if (root.kind === "map") return root;
  const isEmpty = root.kind === "scalar" && root.value === null;
  throw createSourceError(file, root.line, isEmpty ? "it is empty" : "it is not a table of keys");
}

function parse(text: string, file: string, path: string): SourceNode {
  if (path.endsWith(".toml")) return parseTomlSource(text, file);
  return path.endsWith(".json") ? parseJsonSource(text, file) : parseYamlSource(text, file);
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw createSourceError(file, null, "it is not UTF-8 text", error);
  }
  throw createSourceError(file, null, "it is not text");
}
