/** Opens an address in the machine's browser. */

import { execa } from "execa";

/** @returns false where there is no desktop to open it on. */
export async function openBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const hasDesktop = process.platform === "darwin" || env["DISPLAY"] || env["WAYLAND_DISPLAY"];
  if (!hasDesktop) return false;
  const program = process.platform === "darwin" ? "open" : "xdg-open";
  const result = await execa(program, [url], { reject: false, stdio: "ignore" });
  return result.exitCode === 0;
}
