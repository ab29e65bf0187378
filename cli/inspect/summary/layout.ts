/** Lays text out for people: lines of at most 100 columns, headings, and labels with their text. */

import { printable } from "../../output/printable.ts";

/** `styleText` of node:util, bound to the stream and to NO_COLOR; or plain text. */
export type Paint = (style: "bold" | "dim" | "red" | "yellow" | "cyan", text: string) => string;

export interface Row {
  readonly label: string;
  readonly text: string;
}

const COLUMNS = 100;
/** Wider labels have a line of their own. */
const MAX_LABEL_WIDTH = 24;

/** @param indent Columns before every line but the first, which starts at `start`. */
export function wrap(text: string, indent: number, start = indent): readonly string[] {
  const lines: string[] = [];
  let line = " ".repeat(start);
  let isEmpty = true;
  for (const word of splitWords(text, COLUMNS - indent)) {
    if (!isEmpty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = " ".repeat(indent);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** A heading and its rows, then an empty line; nothing without rows. */
export function renderRows(title: string, rows: readonly Row[], paint: Paint): readonly string[] {
  if (rows.length === 0) return [];
  const widths = rows.map(({ label }) => clean(label).length);
  const labelWidth = Math.max(0, ...widths.filter((width) => width <= MAX_LABEL_WIDTH));
  return [paint("bold", title), ...rows.flatMap((row) => renderRow(row, labelWidth)), ""];
}

function renderRow({ label, text }: Row, labelWidth: number): readonly string[] {
  const indent = labelWidth + 4;
  const name = clean(label);
  if (name.length > labelWidth) return [...wrap(name, 2), ...wrap(text, indent)];
  const [first = "", ...others] = wrap(text, indent);
  return [`  ${name.padEnd(labelWidth)}  ${first.trimStart()}`, ...others];
}

/** `a`, `a and b`, `a, b and c`. */
export function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** One line without control characters: names of files and settings may hold any. */
export function clean(text: string): string {
  return printable(text).replace(/\s+/g, " ").trim();
}

/** Words of the text; one that is wider than a line is cut into pieces. */
function splitWords(text: string, columns: number): readonly string[] {
  const pieces = new RegExp(`.{1,${columns}}`, "gsu");
  return clean(text)
    .split(" ")
    .flatMap((word) => word.match(pieces) ?? []);
}
