/** Where a service keeps its data, and what we remember about it. */

import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { chmod, chown, mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { MizanError } from "../../../../infra/contract/errors.ts";
import { writeFileAtomically } from "../agent/write-file-atomically.ts";
import type { ServiceAccount } from "./service-account.ts";

/** For services of root's environments whose own user cannot get into the project. */
const SYSTEM_FOLDER = "/var/lib/mizan";

const recordSchema = z.object({
  version: z.literal(1),
  /** Data folder of the environment that this belongs to. */
  dataFolder: z.string(),
  /** Folder of the service's files. */
  folder: z.string(),
  password: z.string(),
  /** Redis. */
  port: z.int().exactOptional(),
});

/** `<data>/<service>.json`, mode 0600: it holds a password. */
export type ServiceRecord = z.infer<typeof recordSchema>;

/**
 * The record of a service, made at its first use. Its folder exists, and only its account gets in.
 * @throws {MizanError} GUARD_REFUSED when the project was copied and the data belongs to the original
 */
export async function ensureServiceRecord(
  dataFolder: string,
  service: string,
  account: ServiceAccount | null,
): Promise<ServiceRecord> {
  const known = readServiceRecord(dataFolder, service);
  const record =
    known === null
      ? {
          version: 1 as const,
          dataFolder,
          folder: placeServiceFolder(dataFolder, service, account),
          password: randomBytes(24).toString("base64url"),
        }
      : followMove(known, dataFolder, service);
  await ensureOwnFolder(record.folder, account);
  writeServiceRecord(dataFolder, service, record);
  return record;
}

export function writeServiceRecord(
  dataFolder: string,
  service: string,
  record: ServiceRecord,
): void {
  writeFileAtomically(recordPath(dataFolder, service), JSON.stringify(record), 0o600);
}

export function readServiceRecord(dataFolder: string, service: string): ServiceRecord | null {
  const path = recordPath(dataFolder, service);
  return existsSync(path) ? recordSchema.parse(JSON.parse(readFileSync(path, "utf8"))) : null;
}

/** A folder of mode 0700 that belongs to the account. */
export async function ensureOwnFolder(
  folder: string,
  account: ServiceAccount | null,
): Promise<void> {
  // Parents below the system folder let the account pass.
  await mkdir(dirname(folder), { recursive: true, mode: 0o711 });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if (account !== null) await chown(folder, account.uid, account.gid);
}

/** Folder outside the project that belongs to this environment, for root. */
export function systemFolderOf(dataFolder: string): string {
  const hash = createHash("sha256").update(dataFolder).digest("hex").slice(0, 12);
  return join(SYSTEM_FOLDER, hash);
}

/**
 * Removes what the services of an environment keep outside its data folder. Their processes must
 * have ended. Missing is success.
 */
export async function removeServiceData(dataFolder: string): Promise<void> {
  for (const service of ["postgres", "redis"]) {
    const record = readServiceRecord(dataFolder, service);
    const isOutside = record?.folder.startsWith(`${SYSTEM_FOLDER}/`) === true;
    if (record !== null && isOutside && record.dataFolder === dataFolder) {
      await rm(record.folder, { recursive: true, force: true });
      await removeIfEmpty(dirname(record.folder));
    }
  }
  await rm(systemFolderOf(dataFolder), { recursive: true, force: true });
  await removeIfEmpty(SYSTEM_FOLDER);
}

function placeServiceFolder(
  dataFolder: string,
  service: string,
  account: ServiceAccount | null,
): string {
  const inProject = account === null || canPass(account, dataFolder);
  return join(inProject ? dataFolder : systemFolderOf(dataFolder), service);
}

/** Whether the account may pass through every folder down to this one. */
function canPass(account: ServiceAccount, folder: string): boolean {
  const stat = statSync(folder);
  const bit = stat.uid === account.uid ? 0o100 : stat.gid === account.gid ? 0o010 : 0o001;
  if ((stat.mode & bit) === 0) return false;
  return folder === "/" || canPass(account, dirname(folder));
}

/** A project that was moved keeps its data; one that was copied must not use the original's. */
function followMove(record: ServiceRecord, dataFolder: string, service: string): ServiceRecord {
  if (record.dataFolder === dataFolder) return record;
  const wasInside = record.folder === join(record.dataFolder, service);
  if (wasInside) return { ...record, dataFolder, folder: join(dataFolder, service) };
  if (readServiceRecord(record.dataFolder, service)?.folder === record.folder) {
    throw new MizanError(
      "GUARD_REFUSED",
      `The data of ${service} in "${record.folder}" belongs to the original of this copy, "${record.dataFolder}"`,
      { hint: `Start this copy with data of its own: rm ${recordPath(dataFolder, service)}` },
    );
  }
  return { ...record, dataFolder };
}

function recordPath(dataFolder: string, service: string): string {
  return join(dataFolder, `${service}.json`);
}

async function removeIfEmpty(folder: string): Promise<void> {
  if (existsSync(folder) && (await readdir(folder)).length === 0) await rmdir(folder);
}
