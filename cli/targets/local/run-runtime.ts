/** Runs one verb of `mizan_runtime` to its end and reads the JSON that it writes beside stdout. */

import { appendFile } from "node:fs/promises";
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
  await appendFile(call.logFile, "", { mode: 0o600 }); // what apps print may be private
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
    killDescendants: true, // the probe loads the app in a child of its own
    timeout: (call.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1_000,
  });
  call.signal.throwIfAborted();
  const result = schema.safeParse(parseJson(String(done.stdio[RESULT_FD] ?? "")));
  if (!result.success) throw endedWithoutResult(call, done);
  return { result: result.data, exitCode: done.exitCode ?? 1 };
}

/** undefined for what was cut short. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Ended {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly timedOut: boolean;
  readonly code?: string | undefined;
  readonly stderr?: unknown;
}

function endedWithoutResult(call: RuntimeCall, done: Ended): MizanError {
  const seconds = call.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const how = done.timedOut
    ? `was stopped after ${seconds} s`
    : `ended without a result (${describeEnd(done)})`;
  const output = String(done.stderr ?? "")
    .trimEnd()
    .split("\n")
    .slice(-30)
    .join("\n");
  return new MizanError(
    "SETTINGS_FAILED",
    `Python ${how} while it ran \`mizan_runtime ${call.verb}\`.`,
    { hint: `Its whole output is in ${call.logFile}`, details: { verb: call.verb, output } },
  );
}

function describeEnd({ exitCode, signal, code }: Ended): string {
  if (exitCode !== undefined) return `exit status ${exitCode}`;
  return signal ?? code ?? "unknown"; // code: it could not even be started
}
