/** The user that a service runs as: never root. */

import { readFileSync } from "node:fs";

export interface ServiceAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * @param preferred user that the service's own package makes, e.g. `postgres`
 * @returns null where this process is not root: the service runs as the same user
 */
export function findServiceAccount(preferred: string): ServiceAccount | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = parsePasswd(readFileSync("/etc/passwd", "utf8"));
  const found = [preferred, "nobody"]
    .map((name) => accounts.find((account) => account.name === name))
    .find((account) => account !== undefined);
  if (found === undefined) throw new Error(`/etc/passwd has neither ${preferred} nor nobody`);
  return found;
}

/** @param text passwd(5) */
export function parsePasswd(text: string): ServiceAccount[] {
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length >= 7)
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
