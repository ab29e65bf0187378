/** Parses a ProcessSpec that comes from a request or from the agent's own record. */

import { z } from "zod";
import type { ProcessSpec, ProcessWatch, ReadyCheck } from "./contract.ts";

const commandSchema = z.tuple([z.string().startsWith("/")], z.string());

const readyCheckSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("http"), socketPath: z.string(), path: z.string() }),
  z.object({ kind: z.literal("tcp"), host: z.string(), port: z.int() }),
  z.object({ kind: z.literal("socket"), socketPath: z.string() }),
  z.object({ kind: z.literal("file"), path: z.string() }),
  z.object({ kind: z.literal("command"), command: commandSchema }),
]) satisfies z.ZodType<ReadyCheck>;

const watchSchema = z.object({
  socketPath: z.string().startsWith("/"),
  path: z.string().startsWith("/"),
  silentSeconds: z.number().positive(),
  memoryBytes: z.int().positive(),
}) satisfies z.ZodType<ProcessWatch>;

export const processSpecSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  release: z.string().nullable(),
  command: commandSchema,
  cwd: z.string().startsWith("/"),
  env: z.record(z.string(), z.string()),
  envFiles: z.array(z.string()),
  aloneInCwd: z.boolean().exactOptional(),
  pidFiles: z.array(z.string().startsWith("/")).exactOptional(),
  neededBy: z.array(z.string()).exactOptional(),
  user: z.object({ uid: z.int(), gid: z.int() }).nullable(),
  logFile: z.string().startsWith("/"),
  stopSignal: z.enum(["SIGTERM", "SIGINT", "SIGQUIT"]),
  stopTimeoutSeconds: z.number().positive(),
  ready: readyCheckSchema,
  readyTimeoutSeconds: z.number().positive(),
  sockets: z.array(z.string().startsWith("/")).exactOptional(),
  watch: watchSchema.exactOptional(),
}) satisfies z.ZodType<ProcessSpec>;
