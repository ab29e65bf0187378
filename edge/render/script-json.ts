/** A value as JSON in a script element, where nothing of it can end the script. Pure. */

import { escapeForScript } from "./contract.ts";

/** @param value as JSON knows it; the order of keys is kept */
export function buildScriptJson(value: unknown): string {
  return escapeForScript(JSON.stringify(value));
}
