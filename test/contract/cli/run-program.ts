/** The program as a process of its own, straight from its sources. */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { buildCleanEnvironment } from "../../helpers/run-mizan.ts";

export const bin = join(import.meta.dirname, "../../../cli/bin.ts");

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Words for node itself, before the program. */
  readonly nodeWords?: readonly string[];
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function startProgram(words: readonly string[], options: ProgramOptions = {}): ChildProcess {
  return spawn(process.execPath, [...(options.nodeWords ?? []), bin, ...words], {
    cwd: options.cwd,
    env: { ...buildCleanEnvironment(), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export async function runProgram(
  words: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramEnd> {
  const child = startProgram(words, options);
  if (child.stdout === null || child.stderr === null) throw new Error("started without pipes");
  const [stdout, stderr, ended] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    waitForExit(child),
  ]);
  return { stdout, stderr, ...ended };
}

export function waitForExit(child: ChildProcess): Promise<Pick<ProgramEnd, "exitCode" | "signal">> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}
