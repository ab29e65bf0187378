/** Opens an address in the machine's browser. */

import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";

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
  const opener = execa(program, [url], {
    reject: false,
    stdio: "ignore",
    detached: true,
    cleanup: false, // a browser outlives the command that opened it
    env,
    extendEnv: false,
  });
  opener.unref();
  const ended = await Promise.race([opener, sleep(FAILS_WITHIN_MS, null)]);
  return ended === null || ended.exitCode === 0;
}
