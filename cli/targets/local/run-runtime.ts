/** Runs one verb of `mizan_runtime` to its end and reads the JSON that it writes beside stdout. */

import { execa } from "execa";
import type { z } from "zod";
import { MizanError } from "../../../infra/contract/errors.ts";
import { RUNTIME_ENV, type RuntimeVerb } from "../../../runtime/origin/contract.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import { readVariablesFile } from "./variables-file.ts";

/** The descriptor behind stdin, stdout and stderr. */
const RESULT_FD = 3;
/** Settings of real projects import within seconds; migrations of big tables take longer. */
const DEFAULT_TIMEOUT_SECONDS = 600;

export interface RuntimeCall {
  readonly verb: RuntimeVerb;
  readonly plan: LaunchPlan;
  /** Without the release's variables: those are read from its file. */
  readonly env: Readonly<Record<string, string>>;
  /** What the app prints is appended here. */
  readonly logFile: string;
  readonly signal: AbortSignal;
  readonly timeoutSeconds?: number;
  /** Builds leave the processor to the live release: `nice` 10. */
  readonly lowPriority?: boolean;
}

/**
 * @returns the parsed result and the exit status; the verb's own failure is in the result.
 * @throws {MizanError} SETTINGS_FAILED if it ended without a result (a crash of the interpreter).
 */
export async function runRuntime<T>(
  call: RuntimeCall,
  schema: z.ZodType<T>,
): Promise<{ readonly result: T; readonly exitCode: number }> {
  const command = [call.plan.pythonPath, "-m", "mizan_runtime", call.verb] as const;
  const [program, ...args] = call.lowPriority
    ? (["nice", "-n", "10", ...command] as const)
    : command;
  const log = { file: call.logFile, append: true } as const;
  const done = await execa(program, args, {
    cwd: call.plan.backendFolder,
    env: {
      ...(await readVariablesFile(call.plan.variablesFile)),
      ...call.env,
      [RUNTIME_ENV.resultFd]: String(RESULT_FD),
    },
    extendEnv: false,
    stdio: ["ignore", log, ["pipe", log], "pipe"],
    reject: false,
    cancelSignal: call.signal,
    timeout: (call.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1_000,
  });
  call.signal.throwIfAborted();
  const text = String(done.stdio[RESULT_FD] ?? "");
  if (text === "") throw endedWithoutResult(call, done.exitCode ?? done.signal, done.stderr);
  return { result: schema.parse(JSON.parse(text)), exitCode: done.exitCode ?? 1 };
}

function endedWithoutResult(call: RuntimeCall, status: unknown, stderr: unknown): MizanError {
  const output = String(stderr ?? "")
    .trimEnd()
    .split("\n")
    .slice(-30)
    .join("\n");
  return new MizanError(
    "SETTINGS_FAILED",
    `Python ended (${status ?? "killed"}) while it ran \`mizan_runtime ${call.verb}\`.`,
    { hint: `Its whole output is in ${call.logFile}`, details: { verb: call.verb, output } },
  );
}
