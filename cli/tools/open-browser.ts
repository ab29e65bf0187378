/** Opens an address in the machine's browser. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** Openers that fail do so at once; some stay until the browser is closed. */
const FAILS_WITHIN_MS = 2_000;

/** @returns false where there is no desktop to open it on. */
export async function openBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const hasDesktop = process.platform === "darwin" || env["DISPLAY"] || env["WAYLAND_DISPLAY"];
  if (!hasDesktop) return false;
  const program = process.platform === "darwin" ? "open" : "xdg-open";
  // On its own: the browser outlives the command that opened it.
  const opener = spawn(program, [url], { stdio: "ignore", detached: true, env: { ...env } });
  opener.unref();
  const ended = once(opener, "exit").then(
    ([exitCode]) => exitCode === 0,
    () => false, // there is no such program
  );
  return Promise.race([ended, sleep(FAILS_WITHIN_MS, true)]);
}
