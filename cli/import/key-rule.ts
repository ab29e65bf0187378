/** What a format's table says of a key, and the words to write such tables with. */

import type { Collector } from "./collector.ts";
import type { KeyPath, SourceNode } from "./source-node.ts";

/**
 * `kept`: stands in the new config. `automatic`: Mizan does it without being told. `none`: no
 * counterpart. `unknown`: not a key of the format, or of the wrong type. `section`: only holds other
 * keys, each of which has a row of its own.
 */
export type Outcome = "kept" | "automatic" | "none" | "unknown" | "section";

export interface Becomes {
  readonly outcome: Outcome;
  /** Without the outcome's own words, and never with a value of the file that may be a secret. */
  readonly text: string;
}

/** Where a key stands, for rules that look around. */
export interface Place {
  readonly path: KeyPath;
  readonly key: string;
  /** `fly.toml:12`. */
  readonly at: string;
  /** The map that the key is in. */
  readonly parent: SourceNode;
  readonly collector: Collector;
}

export type Decide = (value: SourceNode, place: Place) => Becomes;

export interface KeyRule {
  /** For a value without keys of its own. Absent: the key must have keys below it. */
  readonly value?: Decide;
  /** For a map or list whose keys have rows of their own; absent: it is a section. */
  readonly section?: Decide;
  /** Rules of the keys below, by name; or chosen by what is below. */
  readonly keys?: KeyTable | ((value: SourceNode) => KeyTable);
  /** Rule of every key below that `keys` does not have: the names are the user's own. */
  readonly each?: KeyRule;
  /** Rule of every item of a list. */
  readonly items?: KeyRule;
  /** Whatever is below belongs to it, and becomes what it becomes. */
  readonly isOpaque?: boolean;
  /** Below it stand overrides for one environment of the other tool, which are not kept. */
  readonly isOverride?: boolean;
}

export type KeyTable = Readonly<Record<string, KeyRule>>;

export interface FormatTable {
  readonly keys: KeyTable;
  readonly each?: KeyRule;
  /** Keys with this prefix are the user's own anywhere, and mean nothing to the tool. */
  readonly extensionPrefix?: string;
}

export function automatic(text: string): Becomes {
  return { outcome: "automatic", text };
}

export function none(text: string): Becomes {
  return { outcome: "none", text };
}

export function kept(text: string): Becomes {
  return { outcome: "kept", text };
}

/** The same for every value. */
export function always(becomes: Becomes): KeyRule {
  return { value: () => becomes };
}

/** The same for the key and whatever is below it. */
export function opaque(becomes: Becomes): KeyRule {
  return { value: () => becomes, section: () => becomes, isOpaque: true };
}

/** One rule for several keys, their names parted by space. */
export function all(names: string, rule: KeyRule): KeyTable {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, rule]),
  );
}

/** A map with these keys, or a list of such maps. */
export function section(keys: KeyTable, more: Partial<KeyRule> = {}): KeyRule {
  return { keys, items: { keys }, ...more };
}
