/** Who holds a lease: enough for a person to find them, and for a program to know that they are gone. */
import { hostname, userInfo } from "node:os";
import { z } from "zod";
import { isProcessAlive, readProcessStart } from "../targets/local/agent/process-identity.ts";
import { readProcessSpace } from "./process-space.ts";

export const leaseOwnerSchema = z.object({
  /** `user@host`. */
  who: z.string(),
  pid: z.int().positive(),
  /** Of the process, opaque. */
  processStart: z.string(),
  /** Machine, boot and pid namespace in which `pid` is to be understood, opaque. */
  processSpace: z.string(),
  /** `mizan deploy`. Without arguments: they may hold anything. */
  command: z.string(),
  /** Web page of the CI run. */
  runUrl: z.string().exactOptional(),
});
export type LeaseOwner = Readonly<z.infer<typeof leaseOwnerSchema>>;

/**
 * This process as the owner of a lease.
 *
 * @param command name of the command, e.g. `deploy`.
 * @param env the process environment, for the address of a GitHub run.
 */
export function readLeaseOwner(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): LeaseOwner {
  const processStart = readProcessStart(process.pid);
  if (processStart === null) throw new Error("This process has no start time");
  const runUrl = buildRunUrl(env);
  return {
    who: readUserAtHost(),
    pid: process.pid,
    processStart,
    processSpace: readProcessSpace(),
    command: `mizan ${command}`,
    ...(runUrl === null ? {} : { runUrl }),
  };
}

/** `user@host`; the user's number where the machine has no name for it, as in many containers. */
export function readUserAtHost(): string {
  return `${readUserName()}@${hostname()}`;
}

/** Can this process see the owner's, so that `isOwnerDead` means anything? */
export function isOwnerHere(owner: LeaseOwner): boolean {
  return owner.processSpace === readProcessSpace();
}

/** Has the process of an owner that is here ended? */
export function isOwnerDead(owner: LeaseOwner): boolean {
  return !isProcessAlive({ pid: owner.pid, start: owner.processStart });
}

/** https://docs.github.com/actions: default environment variables of a run. */
export function buildRunUrl(env: Readonly<Record<string, string | undefined>>): string | null {
  const server = env["GITHUB_SERVER_URL"];
  const repository = env["GITHUB_REPOSITORY"];
  const run = env["GITHUB_RUN_ID"];
  if (server === undefined || repository === undefined || run === undefined) return null;
  return `${server}/${repository}/actions/runs/${run}`;
}

function readUserName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // uv_os_get_passwd: no such entry.
    if (error instanceof Error && "code" in error && error.code === "ERR_SYSTEM_ERROR") {
      return `uid-${process.getuid?.() ?? "unknown"}`;
    }
    throw error;
  }
}
