/** What an environment remembers besides its releases: its address and whether it should be up. */

import { createServer } from "node:net";
import { z } from "zod";
import { MizanError } from "../../../infra/contract/errors.ts";
import type { StateStore } from "../../state/store.ts";
import { updateDocument } from "../../state/update-document.ts";
import type { LocalSession } from "./local-session.ts";

/** Where a first deploy without a configured port begins to look, and how far. */
const FIRST_PORT = 8000;
const PORT_COUNT = 1000;

const KEY = "environment";

const environmentRecordSchema = z.object({
  host: z.string(),
  port: z.number().int(),
  /** `down` after `mizan down`; the next command that needs it leaves it so. */
  desired: z.enum(["up", "down"]),
});

export type EnvironmentRecord = Readonly<z.infer<typeof environmentRecordSchema>>;

/** null before the first deploy. */
export async function readEnvironmentRecord(store: StateStore): Promise<EnvironmentRecord | null> {
  const stored = await store.read(KEY);
  return stored === null ? null : environmentRecordSchema.parse(stored.value);
}

export async function saveEnvironmentRecord(
  store: StateStore,
  record: EnvironmentRecord,
): Promise<void> {
  await updateDocument(store, KEY, () => record);
}

/**
 * The environment's address: kept between deploys, changed only by the config.
 * @throws {MizanError} PORT_TAKEN when no port is free.
 */
export async function ensureEnvironmentRecord(session: LocalSession): Promise<EnvironmentRecord> {
  const known = await readEnvironmentRecord(session.store);
  const { host, port } = session.environment;
  const wanted: EnvironmentRecord = {
    host,
    port: port ?? known?.port ?? (await findFreePort(host)),
    desired: "up",
  };
  const isSame = known?.host === host && known.port === wanted.port && known.desired === "up";
  if (!isSame) await saveEnvironmentRecord(session.store, wanted);
  return wanted;
}

/** Address that browsers on this machine use; an Edge that binds every address is there, too. */
export function environmentUrl(record: EnvironmentRecord): string {
  const anywhere: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  const host = anywhere[record.host] ?? record.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${record.port}`;
}

/** What those browsers send as `Host`. */
export function environmentHost(record: EnvironmentRecord): string {
  return new URL(environmentUrl(record)).host;
}

async function findFreePort(host: string): Promise<number> {
  for (let port = FIRST_PORT; port < FIRST_PORT + PORT_COUNT; port += 1) {
    if (await isFree(host, port)) return port;
  }
  throw new MizanError("PORT_TAKEN", `No port from ${FIRST_PORT} on is free.`, {
    hint: "Set `port` of the environment in mizan.config.ts",
  });
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(cannotBind(host, error));
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function cannotBind(host: string, cause: Error): MizanError {
  return new MizanError("CONFIG_INVALID", `Nothing can listen at "${host}" on this machine.`, {
    hint: "Set `host` of the environment in mizan.config.ts to an address of this machine.",
    details: { host },
    cause,
  });
}
