/** A configuration of another tool as a tree in which everything knows its line, whatever its syntax. */

export type ScalarValue = string | number | boolean | null;

export interface SourceScalar {
  readonly kind: "scalar";
  /** From 1. */
  readonly line: number;
  readonly value: ScalarValue;
}

export interface SourceList {
  readonly kind: "list";
  readonly line: number;
  readonly items: readonly SourceNode[];
}

export interface SourceEntry {
  readonly key: string;
  /** Of the key. */
  readonly line: number;
  readonly value: SourceNode;
}

export interface SourceMap {
  readonly kind: "map";
  readonly line: number;
  readonly entries: readonly SourceEntry[];
}

export type SourceNode = SourceScalar | SourceList | SourceMap;

/** Keys by their names, list items by their index. */
export type KeyPath = readonly (string | number)[];

/** `services[0].ports`, `env["a.b"]`; empty for the document itself. */
export function formatKeyPath(path: KeyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[\w$<-][\w$<:/@-]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** @returns undefined if it is no map, or has no such key. */
export function findChild(node: SourceNode | undefined, key: string): SourceNode | undefined {
  if (node?.kind !== "map") return undefined;
  return node.entries.find((entry) => entry.key === key)?.value;
}

/** The text of a scalar as the other tool would pass it on; null for maps, lists and nothing. */
export function readText(node: SourceNode | undefined): string | null {
  if (node?.kind !== "scalar" || node.value === null) return null;
  return String(node.value);
}

/** One text, or all of a list: `command` of a container has both forms. */
export function readWords(node: SourceNode | undefined): string | null {
  if (node?.kind !== "list") return readText(node);
  return node.items.map((item) => readText(item) ?? "").join(" ");
}
