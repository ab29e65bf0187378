/** `mizan edge explain <url> [--token-stdin]`. */

import { z } from "zod";
import { Secret } from "../output/secret.ts";
import { openTarget } from "../targets/open-target.ts";
import type { EdgeExplanation } from "../targets/target.ts";
import { defineCommand } from "./define-command.ts";
import { describeBypass } from "./describe-bypass.ts";

export const edgeExplain = defineCommand({
  name: "edge explain",
  arguments: [{ name: "<url>", summary: "address or path, as a browser would GET it" }],
  flags: [{ flag: "--token-stdin", summary: "read the X-Mizan-Token from the standard input" }],
  options: z.strictObject({
    url: z.string().min(1, { error: "must be an address or a path" }),
    tokenStdin: z.boolean().default(false),
  }),
  async run(context, { url, tokenStdin }) {
    const token = tokenStdin ? new Secret((await context.readInput()).trim()) : null;
    return (await openTarget(context)).explainEdge({ url, token });
  },
  render: renderExplanation,
});

function renderExplanation(explanation: EdgeExplanation): readonly string[] {
  const { outcome, reason, rule, parameters, numbers, key } = explanation;
  const why = reason === null ? null : describeBypass(reason);
  const rows: readonly Row[] = [
    ...(why === null ? [] : [["why", why] as const]),
    ["rule", rule ?? "none of the manifest's"],
    ["identity", describeIdentity(explanation)],
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

type Row = readonly [label: string, text: string];

function describeIdentity({ identity, tokenProblem }: EdgeExplanation): string {
  if (tokenProblem !== null) return `a token that is not valid: ${tokenProblem}`;
  return identity ?? "not looked at";
}

/** Without what is null. */
function describeTable(
  label: string,
  table: Readonly<Record<string, string | number | null>>,
): readonly Row[] {
  const known = Object.entries(table).filter(([, value]) => value !== null);
  const pairs = known.map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? [] : [[label, pairs.join(", ")]];
}

function describeAge({ ageMs, remainingTtlMs }: EdgeExplanation): readonly Row[] {
  if (ageMs === null || remainingTtlMs === null) return [];
  const age = (ageMs / 1_000).toFixed(1);
  return [["stored", `${age} s ago, kept ${(remainingTtlMs / 1_000).toFixed(0)} s more`]];
}
