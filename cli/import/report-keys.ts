/** Walks a source tree along a format's table: one row for each key that is there, none left out. */

import type { Collector } from "./collector.ts";
import type { Becomes, FormatTable, KeyRule, KeyTable, Outcome, Place } from "./key-rule.ts";
import { formatKeyPath, type KeyPath, type SourceEntry, type SourceNode } from "./source-node.ts";

/** What becomes of one key. */
export interface ImportRow {
  /** From 1. */
  readonly line: number;
  /** `services[0].envVars[1].key`. */
  readonly key: string;
  readonly outcome: Outcome;
  readonly becomes: string;
}

interface Walk {
  readonly file: string;
  readonly collector: Collector;
  readonly extensionPrefix: string | undefined;
  readonly rows: ImportRow[];
}

const SECTION: Becomes = { outcome: "section", text: "see its keys" };
const EMPTY: Becomes = { outcome: "section", text: "empty" };
const UNKNOWN: Becomes = { outcome: "unknown", text: "not a key of this format" };
const WRONG_TYPE: Becomes = { outcome: "unknown", text: "not the type that this key has" };
const BELOW_UNKNOWN: Becomes = { outcome: "unknown", text: "below a key that is not understood" };
const EXTENSION: Becomes = {
  outcome: "none",
  text: "an extension: read where the rest of the file refers to it",
};

/**
 * @param file Name for places, e.g. `fly.toml`.
 * @returns rows in the order of the file's tree; what is kept goes into the collector.
 */
export function reportKeys(
  root: SourceNode,
  table: FormatTable,
  file: string,
  collector: Collector,
): readonly ImportRow[] {
  const walk: Walk = { file, collector, extensionPrefix: table.extensionPrefix, rows: [] };
  const { keys, each } = table;
  descend(walk, root, { keys, ...(each === undefined ? {} : { each }) }, [], UNKNOWN);
  return walk.rows;
}

/** @param otherwise For keys below that no rule is there for. */
function descend(
  walk: Walk,
  node: SourceNode,
  rule: KeyRule,
  path: KeyPath,
  otherwise: Becomes,
): void {
  if (node.kind === "map") {
    const keys = typeof rule.keys === "function" ? rule.keys(node) : rule.keys;
    for (const entry of node.entries) {
      const own = findRule(walk, entry, keys, rule);
      if (own === null) reportAlike(walk, entry, [...path, entry.key], otherwise);
      else reportEntry(walk, entry, own, { path: [...path, entry.key], parent: node });
    }
  } else if (node.kind === "list") {
    node.items.forEach((item, index) => {
      const itemPath = [...path, index];
      if (item.kind !== "scalar") descend(walk, item, rule.items ?? {}, itemPath, otherwise);
      else if (rule.items?.value !== undefined) {
        const key = String(index);
        const place = createPlace(walk, { path: itemPath, parent: node, key, line: item.line });
        addRow(walk, item.line, itemPath, rule.items.value(item, place));
      }
    });
  }
}

function findRule(
  walk: Walk,
  entry: SourceEntry,
  keys: KeyTable | undefined,
  rule: KeyRule,
): KeyRule | null {
  if (keys !== undefined && Object.hasOwn(keys, entry.key)) return keys[entry.key] ?? null;
  if (entry.key === "<<")
    return { value: () => WRONG_TYPE, section: describeMerge, isOpaque: true };
  const prefix = walk.extensionPrefix;
  const isOwnName = rule.each !== undefined && keys === undefined;
  if (prefix !== undefined && entry.key.startsWith(prefix) && !isOwnName) {
    return { value: () => EXTENSION, section: () => EXTENSION, isOpaque: true };
  }
  return rule.each ?? null;
}

/** Its keys stand beside it, as if they had been written there. */
function describeMerge(): Becomes {
  return { outcome: "section", text: "merged: see the keys beside it" };
}

function reportEntry(
  walk: Walk,
  entry: SourceEntry,
  rule: KeyRule,
  { path, parent }: { readonly path: KeyPath; readonly parent: SourceNode },
): void {
  const { collector } = walk;
  const wasOverride = collector.isOverride;
  if (rule.isOverride === true) collector.isOverride = true;
  const place = createPlace(walk, { path, parent, key: entry.key, line: entry.line });
  const becomes = decide(entry.value, rule, place);
  addRow(walk, entry.line, path, becomes);
  // A merge has its keys beside it, so those below it are not reported again.
  if (entry.key !== "<<") descend(walk, entry.value, rule, path, chooseOtherwise(rule, becomes));
  collector.isOverride = wasOverride;
}

function decide(value: SourceNode, rule: KeyRule, place: Place): Becomes {
  if (rule.isOpaque === true) return (rule.section ?? rule.value)?.(value, place) ?? SECTION;
  const hasRows = value.kind === "map" ? hasKeyRules(rule) : hasRowsOfItems(value, rule);
  if (hasRows) return rule.section?.(value, place) ?? SECTION;
  if (value.kind === "map" || (value.kind === "list" && value.items.some(isContainer))) {
    return WRONG_TYPE;
  }
  if (rule.value !== undefined) return rule.value(value, place);
  const isNothing = value.kind === "scalar" ? value.value === null : value.items.length === 0;
  return isNothing ? (rule.section?.(value, place) ?? EMPTY) : WRONG_TYPE;
}

function hasKeyRules(rule: KeyRule): boolean {
  return rule.keys !== undefined || rule.each !== undefined;
}

function hasRowsOfItems(value: SourceNode, rule: KeyRule): boolean {
  if (value.kind !== "list" || rule.items === undefined || value.items.length === 0) return false;
  return value.items.some(isContainer) || rule.items.value !== undefined;
}

function isContainer(node: SourceNode): boolean {
  return node.kind !== "scalar";
}

function chooseOtherwise(rule: KeyRule, becomes: Becomes): Becomes {
  if (rule.isOpaque === true) return becomes;
  return becomes.outcome === "unknown" ? BELOW_UNKNOWN : UNKNOWN;
}

/** The key and all below it become the same. */
function reportAlike(walk: Walk, entry: SourceEntry, path: KeyPath, becomes: Becomes): void {
  addRow(walk, entry.line, path, becomes);
  const below = becomes === UNKNOWN ? BELOW_UNKNOWN : becomes;
  if (entry.key !== "<<") descend(walk, entry.value, {}, path, below);
}

function createPlace(
  walk: Walk,
  at: {
    readonly path: KeyPath;
    readonly parent: SourceNode;
    readonly key: string;
    readonly line: number;
  },
): Place {
  const { path, parent, key, line } = at;
  return { path, parent, key, at: `${walk.file}:${line}`, collector: walk.collector };
}

function addRow(walk: Walk, line: number, path: KeyPath, becomes: Becomes): void {
  walk.rows.push({
    line,
    key: formatKeyPath(path),
    outcome: becomes.outcome,
    becomes: becomes.text,
  });
}
