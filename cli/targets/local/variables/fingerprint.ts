/** Tells whether the app's environment variables changed, without keeping a value. Pure. */
import { createHmac } from "node:crypto";
import type { Secret } from "../../../output/secret.ts";
import type { Variables } from "./variable.ts";

/**
 * HMAC-SHA256 over the sorted names and values. Sources do not count.
 *
 * @param key of this environment (`Secrets.fingerprintKey`): without it values cannot be guessed.
 * @returns 64 lower-case hex digits.
 */
export function fingerprintVariables(variables: Variables, key: Secret): string {
  const pairs = [...variables]
    .map(([name, { value }]) => [name, value.reveal()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHmac("sha256", key.reveal()).update(JSON.stringify(pairs)).digest("hex");
}
