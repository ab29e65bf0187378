/** Builds the real Context from the machine and the global options. */

import { statSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { MizanError } from "../infra/contract/errors.ts";
import type { Context } from "./context.ts";
import { createJsonOutput } from "./output/json-output.ts";
import { decideLook } from "./output/look.ts";
import { createTextOutput } from "./output/text-output.ts";
import { packageFile } from "./package-files.ts";
import { createInterruptedError, createPrompt } from "./prompt.ts";

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
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  cwd(): string;
  on(event: "SIGINT" | "SIGTERM", listener: (signal: NodeJS.Signals) => void): unknown;
  off(event: "SIGINT" | "SIGTERM", listener: (signal: NodeJS.Signals) => void): unknown;
}

export interface ContextOptions {
  /** A child of the command shares the terminal: Ctrl-C is the child's business, however often. */
  readonly childHasTerminal: boolean;
}

/**
 * @returns the context, and `dispose` which takes the signal handlers away again.
 * @throws {MizanError} USAGE when the folder of `--cwd` is not there.
 */
export async function createContext(
  globals: GlobalOptions,
  machine: Machine,
  { childHasTerminal }: ContextOptions,
): Promise<{ context: Context; dispose: () => void }> {
  const cwd = resolveFolder(globals, machine);
  const { signal, dispose } = listenForSignals(machine, childHasTerminal);
  const isTerminal = machine.stdin.isTTY === true && machine.stderr.isTTY === true;
  const verbose = globals.verbose === true;
  const out = globals.json
    ? createJsonOutput(machine.stdout, { verbose, nowMs: Date.now })
    : await createTextOutput(machine, { verbose, ...decideLook(globals, machine) });
  const context: Context = {
    out,
    prompt: createPrompt({
      streams:
        isTerminal && !globals.json ? { input: machine.stdin, output: machine.stderr } : null,
      yes: globals.yes === true,
      signal,
    }),
    cwd,
    env: machine.env,
    signal,
    isTerminal,
    yes: globals.yes === true,
    environmentName: globals.env,
    targetName: globals.target,
    readInput: () => text(machine.stdin),
    nowMs: Date.now,
    packageFile,
  };
  return { context, dispose };
}

/** The first signal asks the command to end well; a second one ends it at once. */
function listenForSignals(machine: Machine, childHasTerminal: boolean) {
  const interrupt = new AbortController();
  const dispose = () => {
    machine.off("SIGINT", onSignal);
    machine.off("SIGTERM", onSignal);
  };
  machine.on("SIGINT", onSignal);
  machine.on("SIGTERM", onSignal);
  return { signal: interrupt.signal, dispose };

  function onSignal(signal: NodeJS.Signals) {
    // Not now: execa's own handler for the same signal ends us when it finds itself alone.
    if (!childHasTerminal) setImmediate(dispose);
    interrupt.abort(createInterruptedError({ signal }));
  }
}

function resolveFolder(globals: GlobalOptions, machine: Machine): string {
  const folder = resolve(machine.cwd(), globals.cwd ?? ".");
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new MizanError("USAGE", `--cwd: there is no folder "${folder}".`, {
    hint: "Name the folder of the project, or run mizan in it.",
  });
}
