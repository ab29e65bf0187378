/** Turns what the schema refuses into one line per problem, with its path and the likely remedy. */

import { z } from "zod";
import { nearestName } from "../inspect/nearest-name.ts";

export interface ConfigProblem {
  /** `environments.staging.port`, `facts["backend.root"]`; empty for the config itself. */
  readonly path: string;
  readonly message: string;
}

/** Every problem, in the order of the schema's own report. */
export function describeProblems(error: z.ZodError, schema: z.ZodType): readonly ConfigProblem[] {
  return error.issues.flatMap((issue) => describeIssue(issue, schema));
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType): readonly ConfigProblem[] {
  if (issue.code === "unrecognized_keys") {
    const known = listKnownKeys(schema, issue.path);
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      message: describeUnknownKey(key, known),
    }));
  }
  if (issue.code === "invalid_key") {
    const reasons = issue.issues.map(({ message }) => message).join("; ");
    return [{ path: formatPath(issue.path), message: reasons }];
  }
  return [{ path: formatPath(issue.path), message: issue.message }];
}

function describeUnknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  if (nearest !== null) return `unknown key, did you mean ${nearest}?`;
  return known.length === 0 ? "unknown key" : `unknown key; known are ${known.join(", ")}`;
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Keys that the schema knows at a path. JSON Schema is the one public view of a zod schema's inside. */
function listKnownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let nodes: readonly JsonSchema[] = [
    z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" }),
  ];
  for (const key of path) {
    nodes = nodes.flatMap(listAlternatives).flatMap((node) => listChildren(node, key));
  }
  return nodes.flatMap(listAlternatives).flatMap((node) => Object.keys(node.properties ?? {}));
}

/** `null` or something is a union in JSON Schema. */
function listAlternatives(node: JsonSchema): readonly JsonSchema[] {
  return [node, ...(node.anyOf ?? [])].filter((part) => typeof part === "object");
}

function listChildren(node: JsonSchema, key: PropertyKey): readonly JsonSchema[] {
  const { items, properties, additionalProperties } = node;
  const child =
    typeof key === "number" ? items : (properties?.[String(key)] ?? additionalProperties);
  return [child].flat().filter((part) => typeof part === "object");
}

/** As one would write it in JavaScript. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = String(key);
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
