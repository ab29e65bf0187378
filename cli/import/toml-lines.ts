/** Finds the line of each key of a TOML file, which its parser does not tell. */

import type { KeyPath } from "./source-node.ts";

/** Line of a key or list item by its path as JSON, e.g. `["services",0,"port"]`; from 1. */
export type TomlLines = ReadonlyMap<string, number>;

/**
 * @param text TOML that a parser has accepted: what is not needed for lines is not checked again.
 */
export function findTomlLines(text: string): TomlLines {
  return new TomlScanner(text.replaceAll("\r\n", "\n")).scan();
}

class TomlScanner {
  readonly #text: string;
  #position = 0;
  #line = 1;
  readonly #lines = new Map<string, number>();
  /** How many tables an array of tables has so far, by its path. */
  readonly #tableCounts = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  scan(): TomlLines {
    let table: KeyPath = [];
    for (;;) {
      this.#skipSpace();
      if (this.#position >= this.#text.length) return this.#lines;
      if (this.#peek() === "[") table = this.#readHeader();
      else this.#readPair(table);
    }
  }

  #readHeader(): KeyPath {
    const isArray = this.#text.startsWith("[[", this.#position);
    this.#advance(isArray ? 2 : 1);
    const path = this.#enter([], this.#readKey());
    this.#advance(isArray ? 2 : 1);
    if (!isArray) return path;
    const id = JSON.stringify(path);
    const index = this.#tableCounts.get(id) ?? 0;
    this.#tableCounts.set(id, index + 1);
    return [...path, index];
  }

  #readPair(table: KeyPath): void {
    const path = this.#enter(table, this.#readKey());
    this.#advance(1); // =
    this.#skipSpace();
    this.#readValue(path);
  }

  /** Goes down a dotted key: into the latest table where a part of it is an array of tables. */
  #enter(start: KeyPath, key: readonly string[]): KeyPath {
    let path = start;
    key.forEach((part, index) => {
      path = [...path, part];
      this.#note(path);
      const count = this.#tableCounts.get(JSON.stringify(path));
      if (count !== undefined && index < key.length - 1) path = [...path, count - 1];
    });
    return path;
  }

  #note(path: KeyPath): void {
    const id = JSON.stringify(path);
    if (!this.#lines.has(id)) this.#lines.set(id, this.#line);
  }

  #readKey(): readonly string[] {
    const parts: string[] = [];
    for (;;) {
      this.#skipBlank();
      const quote = this.#peek();
      if (quote === '"' || quote === "'") parts.push(this.#readString());
      else parts.push(this.#readWhile(/[A-Za-z0-9_-]/));
      this.#skipBlank();
      if (this.#peek() !== ".") return parts;
      this.#advance(1);
    }
  }

  #readValue(path: KeyPath): void {
    const first = this.#peek();
    if (first === "{") this.#readInlineTable(path);
    else if (first === "[") this.#readArray(path);
    else if (first === '"' || first === "'") this.#readString();
    else this.#readWhile(/[^\n,\]}#]/);
  }

  #readInlineTable(path: KeyPath): void {
    this.#advance(1);
    for (;;) {
      this.#skipSpace();
      if (this.#peek() === ",") this.#advance(1);
      else if (this.#isAt("}")) break;
      else this.#readPair(path);
    }
    this.#advance(1);
  }

  #readArray(path: KeyPath): void {
    this.#advance(1);
    for (let index = 0; ; ) {
      this.#skipSpace();
      if (this.#peek() === ",") this.#advance(1);
      else if (this.#isAt("]")) break;
      else {
        const item = [...path, index];
        this.#note(item);
        this.#readValue(item);
        index += 1;
      }
    }
    this.#advance(1);
  }

  /** True at the end of the text too: nothing else closes then. */
  #isAt(end: string): boolean {
    return this.#peek() === end || this.#peek() === "";
  }

  /** @returns what stands between the quotes; escapes only where a key needs them. */
  #readString(): string {
    const quote = this.#peek();
    const isLong = this.#text.startsWith(quote.repeat(3), this.#position);
    const end = isLong ? quote.repeat(3) : quote;
    this.#advance(end.length);
    const start = this.#position;
    while (this.#position < this.#text.length && !this.#text.startsWith(end, this.#position)) {
      this.#advance(quote === '"' && this.#peek() === "\\" ? 2 : 1);
    }
    const raw = this.#text.slice(start, this.#position);
    this.#advance(end.length);
    // Up to two quotes may stand directly before the closing ones.
    while (isLong && this.#peek() === quote) this.#advance(1);
    return quote === '"' && raw.includes("\\") ? unescapeBasic(raw) : raw;
  }

  #skipSpace(): void {
    for (;;) {
      this.#readWhile(/\s/);
      if (this.#peek() !== "#") return;
      this.#readWhile(/[^\n]/);
    }
  }

  #skipBlank(): void {
    this.#readWhile(/[ \t]/);
  }

  #readWhile(characters: RegExp): string {
    const start = this.#position;
    while (this.#position < this.#text.length && characters.test(this.#peek())) this.#advance(1);
    return this.#text.slice(start, this.#position);
  }

  #peek(): string {
    return this.#text[this.#position] ?? "";
  }

  #advance(count: number): void {
    for (let step = 0; step < count; step += 1) {
      if (this.#peek() === "\n") this.#line += 1;
      this.#position += 1;
    }
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
};

/** https://toml.io/en/v1.1.0#string */
function unescapeBasic(raw: string): string {
  return raw.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))/g,
    (_match, four?: string, eight?: string, two?: string, one?: string) => {
      const hex = four ?? eight ?? two;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return ESCAPES[one ?? ""] ?? one ?? "";
    },
  );
}
