/** The JSON schema of mizan.config, for editors: made from the schema that checks it. */

import { z } from "zod";
import { CONFIG_SCHEMA } from "../../../cli/config/schema.ts";
import { FACT_KEYS, FACT_TABLE } from "../../../cli/inspect/fact-table.ts";

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Draft 7: what the JSON support of today's editors knows best. */
export function buildConfigJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(CONFIG_SCHEMA, {
    target: "draft-07",
    io: "input", // as people write it: what has a default may be left out
    unrepresentable: "any",
    reused: "inline",
  });
  const facts = asSchema(schema.properties?.["facts"]);
  for (const key of FACT_KEYS) {
    const fact = facts.properties?.[key];
    if (fact !== undefined) asSchema(fact).description = `${capitalize(FACT_TABLE[key].about)}.`;
  }
  return { title: "Configuration of Mizan Deploy", ...schema };
}

/** Our own schema has no `true` and `false` in place of one. */
export function asSchema(node: z.core.JSONSchema._JSONSchema | undefined): JsonSchema {
  if (typeof node !== "object") throw new Error("Not a schema of its own");
  return node;
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
