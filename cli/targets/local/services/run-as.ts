/** Runs a service's own tool once, as the service's account, and translates its failure. */

import { execa } from "execa";
import { MizanError } from "../../../../infra/contract/errors.ts";
import type { ServiceAccount } from "./service-account.ts";

export interface RunAsOptions {
  readonly account: ServiceAccount | null;
  readonly cwd: string;
  /** Sent to its standard input. */
  readonly input?: string;
  /** Never shown. */
  readonly secret: string;
  /** Output that means failure although the exit status is 0. */
  readonly failure?: RegExp;
}

const TIMEOUT_MS = 120_000;
const SHOWN_LINES = 20;

/** @throws {MizanError} SERVICE_FAILED, DISK_FULL; with the tool's last lines */
export async function runAs(
  command: readonly [string, ...string[]],
  options: RunAsOptions,
): Promise<void> {
  const [program, ...args] = command;
  const { account, cwd, input } = options;
  const result = await execa(program, args, {
    cwd,
    input: input ?? "",
    all: true,
    reject: false,
    timeout: TIMEOUT_MS,
    extendEnv: false,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  });
  const output = result.all.replaceAll(options.secret, "[redacted]");
  if (!result.failed && options.failure?.test(output) !== true) return;
  const lines = output.trim().split("\n").slice(-SHOWN_LINES).join("\n");
  const isFull = /No space left on device/.test(output);
  throw new MizanError(
    isFull ? "DISK_FULL" : "SERVICE_FAILED",
    isFull ? `The disk of "${cwd}" is full` : `${program} failed: ${lines || result.shortMessage}`,
    {
      hint: isFull
        ? "Free some space, then: mizan deploy"
        : `Look at the lines above; ${program} prints them`,
      details: { program, output: lines },
    },
  );
}
