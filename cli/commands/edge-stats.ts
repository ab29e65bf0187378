/** `mizan edge stats`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import type { EdgeCounts } from "../targets/target.ts";
import { defineCommand } from "./define-command.ts";

const BYTES_PER_KIB = 1024;
const BYTES_PER_MIB = 1024 * 1024;

export const edgeStats = defineCommand({
  name: "edge stats",
  flags: [],
  options: z.strictObject({}),
  run: async (context) => (await openTarget(context)).readEdgeStats(),
  render: renderCounts,
});

function renderCounts(counts: EdgeCounts): readonly string[] {
  const { bypasses, notStored, contexts, pages } = counts;
  const width = Math.max(0, ...contexts.map(({ name }) => name.length));
  return [
    `${describeReads(counts)} since the Edge's start`,
    ...contexts.map((each) => `  ${each.name.padEnd(width)}  ${describeReads(each)}`),
    ...describeReasons("bypassed", bypasses),
    ...describeReasons("not kept", notStored),
    ...describePages(pages),
    `${count(counts.entries, "entry", "entries")}, ${describeSize(counts.memoryBytes)}; ${count(counts.openIntents, "mutation")} under way`,
  ];
}

function describeReads({ hits, misses }: Pick<EdgeCounts, "hits" | "misses">): string {
  const counted = `${count(hits, "hit")}, ${count(misses, "miss", "misses")}`;
  if (hits + misses === 0) return counted;
  return `${counted} (${Math.round((100 * hits) / (hits + misses))} %)`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** By whom each was rendered, where it was not answered from memory. */
function describePages(pages: EdgeCounts["pages"]): readonly string[] {
  if (pages.length === 0) return [];
  const width = Math.max(...pages.map(({ pattern }) => pattern.length));
  const lines = pages.map(({ pattern, hits, render, ssr, shell, broken }) => {
    const below = [
      ...(ssr === 0 ? [] : [`${ssr} by the SSR server`]),
      ...(shell === 0 ? [] : [`${shell} left to the browser`]),
      ...(broken === 0 ? [] : [`${broken} broke off`]),
    ];
    const parts = [count(hits, "hit"), `${render} by Render`, ...below];
    return `  ${pattern.padEnd(width)}  ${parts.join(", ")}`;
  });
  return ["pages:", ...lines];
}

function describeSize(bytes: number): string {
  if (bytes < BYTES_PER_MIB) return `${Math.ceil(bytes / BYTES_PER_KIB)} KiB`;
  return `${(bytes / BYTES_PER_MIB).toFixed(1)} MiB`;
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
