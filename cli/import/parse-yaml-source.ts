/** Reads YAML and JSON into source nodes: aliases and `<<` merges resolved, within bounds. */

import {
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { createSourceError } from "./source-error.ts";
import type { ScalarValue, SourceEntry, SourceMap, SourceNode } from "./source-node.ts";

/** Far above any real file; an alias bomb and a cycle of aliases end here. */
const MAX_NODES = 20_000;
const MAX_LEVELS = 64;

interface Builder {
  readonly file: string;
  readonly lines: LineCounter;
  resolve(node: Node): Node | undefined;
  nodeCount: number;
}

/**
 * @param file Name for messages.
 * @throws {MizanError} APP_INVALID with the line; the message never holds text of the file.
 */
export function parseYamlSource(text: string, file: string): SourceNode {
  const lines = new LineCounter();
  const document = parseText(text, file, lines);
  const builder: Builder = {
    file,
    lines,
    resolve: (node) => (isAlias(node) ? node.resolve(document) : node),
    nodeCount: 0,
  };
  if (document.contents === null) return { kind: "scalar", line: 1, value: null };
  return buildNode(builder, document.contents, 0);
}

/** JSON is YAML, except for tabs between its tokens. */
export function parseJsonSource(text: string, file: string): SourceNode {
  return parseYamlSource(text.replaceAll("\t", " "), file);
}

function parseText(text: string, file: string, lineCounter: LineCounter) {
  // Not "silent": that would also be silent about a second document, which would be lost.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  const [error] = document.errors;
  if (error === undefined) return document;
  const line = Math.max(lineCounter.linePos(error.pos[0]).line, 1);
  throw createSourceError(file, line, describeProblem(error.code), error);
}

/** By its code: messages of the library quote the file. */
function describeProblem(code: ErrorCode): string {
  if (code === "RESOURCE_EXHAUSTION") return "it is nested too deeply";
  return `it is not valid (${code.toLowerCase().replaceAll("_", " ")})`;
}

function buildNode(builder: Builder, given: Node, level: number): SourceNode {
  const line = lineOf(builder, given);
  builder.nodeCount += 1;
  if (builder.nodeCount > MAX_NODES) {
    throw createSourceError(
      builder.file,
      line,
      `with its aliases resolved it has more than ${MAX_NODES} entries`,
    );
  }
  if (level > MAX_LEVELS) {
    throw createSourceError(builder.file, line, `it is nested more than ${MAX_LEVELS} levels deep`);
  }
  const node = builder.resolve(given);
  if (isMap(node)) return buildMap(builder, node, level);
  if (isSeq(node)) {
    const items = node.items.map((item) => buildNode(builder, item as Node, level + 1));
    return { kind: "list", line, items };
  }
  if (isScalar(node)) return { kind: "scalar", line, value: readScalar(node.value) };
  throw createSourceError(builder.file, line, "an alias leads nowhere");
}

function buildMap(builder: Builder, map: YAMLMap, level: number): SourceMap {
  const own = map.items.map((pair) => buildEntry(builder, pair as Pair<Node, Node | null>, level));
  const known = new Set(own.map(({ key }) => key));
  // A key of the map itself wins over a merged one: https://yaml.org/type/merge.html
  const merged = own.filter(({ key }) => key === "<<").flatMap(({ value }) => listMerged(value));
  const entries = [...own];
  for (const entry of merged) {
    if (known.has(entry.key)) continue;
    known.add(entry.key);
    entries.push(entry);
  }
  return { kind: "map", line: lineOf(builder, map), entries };
}

function buildEntry(builder: Builder, pair: Pair<Node, Node | null>, level: number): SourceEntry {
  const key = builder.resolve(pair.key);
  const line = lineOf(builder, pair.key);
  if (!isScalar(key)) throw createSourceError(builder.file, line, "a key is not a plain word");
  const value: SourceNode =
    pair.value === null
      ? { kind: "scalar", line, value: null }
      : buildNode(builder, pair.value, level + 1);
  return { key: String(key.value), line, value };
}

function listMerged(value: SourceNode): readonly SourceEntry[] {
  if (value.kind === "list") return value.items.flatMap(listMerged);
  return value.kind === "map" ? value.entries.filter(({ key }) => key !== "<<") : [];
}

function lineOf(builder: Builder, node: Node): number {
  return Math.max(builder.lines.linePos(node.range?.[0] ?? 0).line, 1);
}

function readScalar(value: unknown): ScalarValue {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  return String(value);
}
