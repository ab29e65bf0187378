/** `mizan edge stats`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import type { EdgeCounts } from "../targets/target.ts";
import { defineCommand } from "./define-command.ts";

const BYTES_PER_MIB = 1024 * 1024;

export const edgeStats = defineCommand({
  name: "edge stats",
  flags: [],
  options: z.strictObject({}),
  run: async (context) => (await openTarget(context)).readEdgeStats(),
  render: renderCounts,
});

function renderCounts(counts: EdgeCounts): readonly string[] {
  const { hits, misses, bypasses, notStored, contexts } = counts;
  const memory = (counts.memoryBytes / BYTES_PER_MIB).toFixed(1);
  const width = Math.max(0, ...contexts.map(({ name }) => name.length));
  return [
    `${hits} hits, ${misses} misses${describeRatio(hits, misses)} since the Edge's start`,
    ...contexts.map(
      (each) =>
        `  ${each.name.padEnd(width)}  ${each.hits} hits, ${each.misses} misses${describeRatio(each.hits, each.misses)}`,
    ),
    ...describeReasons("bypassed", bypasses),
    ...describeReasons("not kept", notStored),
    `${counts.entries} entries, ${memory} MiB; ${counts.openIntents} ${counts.openIntents === 1 ? "mutation" : "mutations"} under way`,
  ];
}

function describeRatio(hits: number, misses: number): string {
  return hits + misses === 0 ? "" : ` (${Math.round((100 * hits) / (hits + misses))} %)`;
}

/** The most frequent first. */
function describeReasons(
  label: string,
  counts: Readonly<Record<string, number>>,
): readonly string[] {
  const pairs = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (pairs.length === 0) return [];
  return [`${label}: ${pairs.map(([reason, count]) => `${reason} ${count}`).join(", ")}`];
}
