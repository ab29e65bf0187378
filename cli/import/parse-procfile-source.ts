/** Reads a Procfile into source nodes: process types as keys, and lines that are none by their number. */

import type { SourceEntry, SourceNode } from "./source-node.ts";

/** https://devcenter.heroku.com/articles/procfile#procfile-format */
const LINE = /^([A-Za-z0-9_-]+):[ \t]*(\S.*?)\s*$/;

/** A line that is no process type; `:` is in no name of one. */
function createBrokenEntry(line: number): SourceEntry {
  return { key: `line:${line}`, line, value: { kind: "scalar", line, value: null } };
}

/**
 * Blank lines and comments are no entries. A line that is no process type has the key `line:4`, and so
 * has one whose name a later line gives again: the later one counts.
 */
export function parseProcfileSource(text: string): SourceNode {
  const read = text.split(/\r?\n/).flatMap((raw, index): readonly SourceEntry[] => {
    const line = index + 1;
    if (raw.trim() === "" || raw.trimStart().startsWith("#")) return [];
    const [, key, command] = LINE.exec(raw) ?? [];
    return key === undefined || command === undefined
      ? [createBrokenEntry(line)]
      : [{ key, line, value: { kind: "scalar", line, value: command } }];
  });
  const lastLines = new Map(read.map(({ key, line }) => [key, line]));
  const entries = read.map((entry) =>
    lastLines.get(entry.key) === entry.line ? entry : createBrokenEntry(entry.line),
  );
  return { kind: "map", line: 1, entries };
}
