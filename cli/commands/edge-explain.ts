/** `mizan edge explain <url> [--token-stdin]`. */

import { z } from "zod";
import { Secret } from "../output/secret.ts";
import { openTarget } from "../targets/open-target.ts";
import type { EdgeExplanation } from "../targets/target.ts";
import { defineCommand } from "./define-command.ts";

export const edgeExplain = defineCommand({
  name: "edge explain",
  arguments: [{ name: "<url>", summary: "address or path, as a browser would GET it" }],
  flags: [{ flag: "--token-stdin", summary: "read the X-Mizan-Token from the standard input" }],
  options: z.strictObject({ url: z.string().min(1), tokenStdin: z.boolean().default(false) }),
  async run(context, { url, tokenStdin }) {
    const token = tokenStdin ? new Secret((await context.readInput()).trim()) : null;
    return (await openTarget(context)).explainEdge({ url, token });
  },
  render: renderExplanation,
});

function renderExplanation(explanation: EdgeExplanation): readonly string[] {
  const { outcome, reason, rule, identity, tokenProblem, parameters, numbers, key } = explanation;
  const rows: readonly (readonly [string, string])[] = [
    ["rule", rule ?? "none of the manifest's"],
    ["identity", tokenProblem ?? identity ?? "neither anonymous nor by a token"],
    ...describeTable("parameters", parameters),
    ...describeTable("numbers", numbers),
    ...describeTable("key", key ?? {}),
    ...describeAge(explanation),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    reason === null ? outcome : `${outcome}; reason=${reason}`,
    ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`),
  ];
}

function describeTable(
  label: string,
  table: Readonly<Record<string, string | number | null>>,
): readonly (readonly [string, string])[] {
  const pairs = Object.entries(table).map(([name, value]) => `${name}=${value ?? "none"}`);
  return pairs.length === 0 ? [] : [[label, pairs.join(", ")]];
}

function describeAge({
  ageMs,
  remainingTtlMs,
}: EdgeExplanation): readonly (readonly [string, string])[] {
  if (ageMs === null || remainingTtlMs === null) return [];
  const age = (ageMs / 1_000).toFixed(1);
  return [["stored", `${age} s ago, kept ${(remainingTtlMs / 1_000).toFixed(0)} s more`]];
}
