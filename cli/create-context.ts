/** Builds the real Context from the machine and the global options. */

import { resolve } from "node:path";
import { MizanError } from "../infra/contract/errors.ts";
import type { Context } from "./context.ts";
import { createJsonOutput } from "./output/json-output.ts";
import { createTextOutput } from "./output/text-output.ts";
import { packageFile } from "./package-files.ts";
import { createPrompt } from "./prompt.ts";

export interface GlobalOptions {
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly verbose?: boolean;
  readonly yes?: boolean;
  readonly cwd?: string;
  readonly env?: string;
  readonly target?: string;
}

/** The part of `process` that we use. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  cwd(): string;
  on(event: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  off(event: "SIGINT" | "SIGTERM", listener: () => void): unknown;
}

/** @returns the context, and `dispose` which takes the signal handlers away again. */
export async function createContext(
  globals: GlobalOptions,
  machine: Machine,
): Promise<{ context: Context; dispose: () => void }> {
  const interrupt = new AbortController();
  const onSignal = () =>
    interrupt.abort(
      new MizanError("INTERRUPTED", "Interrupted.", {
        hint: "Run the command again: it finishes or undoes what was left.",
      }),
    );
  machine.on("SIGINT", onSignal);
  machine.on("SIGTERM", onSignal);
  const isTerminal = machine.stdin.isTTY === true && machine.stderr.isTTY === true;
  const verbose = globals.verbose === true;
  const out = globals.json
    ? createJsonOutput(machine.stdout, { verbose, nowMs: Date.now })
    : await createTextOutput(machine, { verbose, plain: isPlain(globals, machine) });
  const context: Context = {
    out,
    prompt: createPrompt({ isTerminal: isTerminal && !globals.json, yes: globals.yes === true }),
    cwd: resolve(machine.cwd(), globals.cwd ?? "."),
    env: machine.env,
    signal: interrupt.signal,
    isTerminal,
    yes: globals.yes === true,
    environmentName: globals.env,
    targetName: globals.target,
    nowMs: Date.now,
    packageFile,
  };
  const dispose = () => {
    machine.off("SIGINT", onSignal);
    machine.off("SIGTERM", onSignal);
  };
  return { context, dispose };
}

/** Control characters only where someone looks at a terminal (D11). */
function isPlain(globals: GlobalOptions, machine: Machine): boolean {
  if (globals.plain || machine.stderr.isTTY !== true) return true;
  return machine.env["TERM"] === "dumb" || Boolean(machine.env["CI"]);
}
