/** Where process ids mean something: without that, another machine's process 123 looks like ours. */
import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { readBootId } from "../targets/local/agent/process-identity.ts";

/**
 * Names this boot of this machine and, on Linux, the pid namespace: containers see ids of their
 * own, and virtual machines of one image may share their host name. Compare for equality only.
 */
export function readProcessSpace(): string {
  if (process.platform === "linux") return `${readBootId()} ${readlinkSync("/proc/self/ns/pid")}`;
  // macOS; the same value until the next start of the machine.
  const env = { LC_ALL: "C", PATH: "/usr/sbin:/sbin" };
  return execFileSync("sysctl", ["-n", "kern.bootsessionuuid"], { env, encoding: "utf8" }).trim();
}
