/** Every key of mizan.config with what a person must know of it, read from the JSON schema. */

import { asSchema, type JsonSchema } from "./config-json-schema.ts";

export interface ConfigKey {
  /** `environments.<name>.port`, `facts["backend.celery"].app`, `facts.frontends[].root`. */
  readonly path: string;
  /** In words; empty: nobody described it. */
  readonly description: string;
  /** `whole number, 1 to 65535`, `"auto", "own" or "external"`. */
  readonly type: string;
  /** As JSON; null: none, or one that only the description can say. */
  readonly default: string | null;
}

/** A key before the keys in it; the order is the schema's. */
export function listConfigKeys(schema: JsonSchema, parent = ""): readonly ConfigKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, raw]) => {
    const node = asSchema(raw);
    const path = joinKey(parent, name);
    const own: ConfigKey = {
      path,
      description: node.description ?? "",
      type: describeType(node),
      default: node.default === undefined ? null : JSON.stringify(node.default),
    };
    return [own, ...listInner(node, path)];
  });
}

function listInner(node: JsonSchema, path: string): readonly ConfigKey[] {
  const alternatives = (node.anyOf ?? []).map(asSchema);
  const { additionalProperties: rest, items } = node;
  return [
    ...listConfigKeys(node, path),
    ...(typeof rest === "object" ? listInner(rest, `${path}.<name>`) : []),
    ...(typeof items === "object" && !Array.isArray(items) ? listInner(items, `${path}[]`) : []),
    ...alternatives.flatMap((alternative) => listInner(alternative, path)),
  ];
}

function joinKey(parent: string, name: string): string {
  if (!/^[\w$]+$/.test(name)) return `${parent}[${JSON.stringify(name)}]`;
  return parent === "" ? name : `${parent}.${name}`;
}

/** The type in words. */
export function describeType(node: JsonSchema): string {
  return joinWords(listTypes(node));
}

function listTypes(node: JsonSchema): readonly string[] {
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value));
  if (node.anyOf !== undefined) return node.anyOf.map(asSchema).flatMap(listTypes);
  if (Array.isArray(node.type)) {
    return node.type.map((type) => describeOne({ type: type as "string" })); // one of its names
  }
  return [describeOne(node)];
}

function describeOne(node: JsonSchema): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  switch (node.type) {
    case "integer":
      return `whole number${describeRange(node)}`;
    case "number":
      return `number${describeRange(node)}`;
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array":
      return `list of: ${describeType(asSchema(node.items as JsonSchema))}`; // lists of one kind only
    case "object":
      return typeof node.additionalProperties === "object" ? "table by name" : "table";
    default:
      throw new Error(`No words for ${JSON.stringify(node)}`);
  }
}

function describeRange({ minimum, maximum }: JsonSchema): string {
  return minimum === undefined || maximum === undefined ? "" : `, ${minimum} to ${maximum}`;
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
