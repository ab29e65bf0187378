/** The report of an import for people: a line for each key, then what belongs into `.env`. */

import { printable } from "../output/printable.ts";
import type { ImportedVariable } from "./collector.ts";
import { FORMATS } from "./formats/index.ts";
import type { ImportedFile, ImportResult } from "./import-config.ts";
import type { Outcome } from "./key-rule.ts";
import type { ImportRow } from "./report-keys.ts";

/** Longer keys push their own text to the right, not that of all. */
const MAX_KEY_WIDTH = 36;

const LEAD: Readonly<Record<Outcome, string>> = {
  kept: "kept as ",
  automatic: "Mizan does this by itself: ",
  none: "no counterpart: ",
  unknown: "unknown: ",
  section: "",
};

/**
 * Left out are sections, whose keys have lines of their own, and keys that become what the key above
 * them becomes.
 */
export function renderImport(result: ImportResult): readonly string[] {
  return [...result.files.flatMap(renderFile), ...renderVariables(result.variables)];
}

function renderFile({ file, format, keys }: ImportedFile): readonly string[] {
  const shown = keys.filter((row, index) => row.outcome !== "section" && !isAsAbove(keys, index));
  const count = (outcome: Outcome) => keys.filter((row) => row.outcome === outcome).length;
  const widest = Math.max(0, ...shown.map(({ key }) => key.length));
  const keyWidth = Math.min(MAX_KEY_WIDTH, widest);
  const lineWidth = String(Math.max(0, ...shown.map(({ line }) => line))).length;
  const lines = shown.map(({ line, key, outcome, becomes }) => {
    const place = `${String(line).padStart(lineWidth)}  ${toOneLine(key).padEnd(keyWidth)}`;
    return `  ${place}  ${LEAD[outcome]}${toOneLine(becomes)}`;
  });
  const sum =
    `${count("kept")} kept, ${count("automatic")} that Mizan does by itself, ` +
    `${count("none")} without counterpart, ${count("unknown")} unknown`;
  return [`${toOneLine(file)} (${FORMATS[format].title}): ${sum}`, ...lines, ""];
}

/** True if a row before it is about a key above it, with the same becomes. */
function isAsAbove(rows: readonly ImportRow[], index: number): boolean {
  const row = rows[index];
  if (row === undefined) return false;
  for (let before = index - 1; before >= 0; before -= 1) {
    const above = rows[before];
    if (above === undefined || above.outcome !== row.outcome || above.becomes !== row.becomes) {
      return false;
    }
    if (isBelow(row.key, above.key)) return true;
  }
  return false;
}

function isBelow(key: string, above: string): boolean {
  return key.startsWith(above) && /^[.[]/.test(key.slice(above.length));
}

function renderVariables(variables: readonly ImportedVariable[]): readonly string[] {
  if (variables.length === 0) return [];
  const lines = variables.map(
    ({ name, value }) => `  ${name}=${value === null ? "" : quote(value)}`,
  );
  return ["For .env (values that may be secrets are not copied):", ...lines, ""];
}

function quote(value: string): string {
  return /^[\w.,:/@+*-]*$/.test(value) ? value : `"${value}"`;
}

/** Names come from the file: whatever they hold stays on its line. */
function toOneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, " ");
}
