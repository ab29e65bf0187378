/** What the Edge answers on its control socket, checked field by field. */

import { z } from "zod";
import type {
  BumpAnswer,
  EdgeReport,
  EdgeStats,
  ExplainAnswer,
  HoldRequest,
  ProbeAnswer,
} from "../../../../edge/cache/contract.ts";

const count = z.number().int().nonnegative();
const texts = z.array(z.string());

export const takenSchema = z.strictObject({ release: z.string() });

export const heldSchema = z.strictObject({});

export const edgeReportSchema = z.strictObject({
  version: z.literal(1),
  release: z.string().nullable(),
  inFlight: z.record(z.string(), z.number().int().positive()),
  cache: z
    .strictObject({
      contexts: count,
      cachedContexts: count,
      cachedPages: count,
      isCacheOff: z.boolean(),
      incarnation: z.string(),
      openIntents: count,
      unknownIntents: count,
      holds: texts,
      quarantineUntilMs: z.number().nullable(),
      kids: z.strictObject({ edge: texts, cache: texts, mwt: texts }),
      unreadablePatterns: texts,
    })
    .nullable()
    .default(null), // an Edge of before there was a cache, until it is replaced
}) satisfies z.ZodType<EdgeReport>;

export const edgeStatsSchema = z.strictObject({
  hits: count,
  misses: count,
  bypasses: z.record(z.string(), count),
  notStored: z.record(z.string(), count),
  contexts: z.array(z.strictObject({ name: z.string(), hits: count, misses: count })),
  memoryBytes: count,
  entries: count,
  openIntents: count,
  unknownIntents: count,
  bumps: count,
  unknownNames: count,
  pages: z
    .array(
      z.strictObject({
        pattern: z.string(),
        hits: count,
        render: count,
        ssr: count,
        shell: count,
        broken: count,
      }),
    )
    .default([]), // an Edge of before there were pages, until it is replaced
}) satisfies z.ZodType<EdgeStats>;

export const bumpAnswerSchema = z.strictObject({
  unknownNames: texts,
}) satisfies z.ZodType<BumpAnswer>;

export const probeAnswerSchema = z.strictObject({
  status: count,
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  isWireVerified: z.boolean(),
}) satisfies z.ZodType<ProbeAnswer>;

export const explainAnswerSchema = z.strictObject({
  rule: z.string().nullable(),
  context: z.string().nullable(),
  identity: z.enum(["anonymous", "token"]).nullable(),
  tokenProblem: z.string().nullable(),
  parameters: z.record(z.string(), z.string()),
  numbers: z.record(z.string(), count),
  key: z.record(z.string(), z.string().nullable()).nullable(),
  outcome: z.enum(["HIT", "MISS", "BYPASS"]),
  reason: z.string().nullable(),
  ageMs: z.number().nullable(),
  remainingTtlMs: z.number().nullable(),
}) satisfies z.ZodType<ExplainAnswer>;

/** What whoever deploys asks the agent for. */
export const holdRequestSchema = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("hold"),
    id: z.string().min(1),
    scope: z.union([z.literal("*"), texts]),
    untilMs: z.number().nullable(),
  }),
  z.strictObject({ action: z.literal("release"), id: z.string().min(1) }),
]) satisfies z.ZodType<HoldRequest>;
