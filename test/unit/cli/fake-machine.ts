/** A machine for `main` in process: its words are kept, its signals are sent by the test. */

import { EventEmitter } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { main } from "../../../cli/main.ts";

export interface FakeMachineOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** stdin, stdout and stderr are terminals. Default false. */
  readonly isTerminal?: boolean;
}

/** What `main` left behind. */
export interface FakeRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FakeJsonRun extends FakeRun {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly result: Readonly<Record<string, unknown>>;
}

class Collector extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 80;
  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }
  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
  // What a terminal's stream has beside a file's.
  cursorTo(): boolean {
    return this.write("\u001b[G");
  }
  clearLine(): boolean {
    return this.write("\u001b[K");
  }
  moveCursor(): boolean {
    return this.write("\u001b[A");
  }
}

/** Fits `Machine`; `stdout.text` and `stderr.text` hold what was written. */
export class FakeMachine extends EventEmitter {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: PassThrough & { isTTY?: boolean };
  readonly stdout: Collector;
  readonly stderr: Collector;
  readonly #folder: string;

  constructor({ env = {}, cwd = "/", isTerminal = false }: FakeMachineOptions = {}) {
    super();
    this.env = env;
    this.#folder = cwd;
    this.stdin = Object.assign(new PassThrough(), { isTTY: isTerminal });
    this.stdout = new Collector(isTerminal);
    this.stderr = new Collector(isTerminal);
  }

  cwd(): string {
    return this.#folder;
  }
}

export async function runMain(
  argv: readonly string[],
  options: FakeMachineOptions = {},
): Promise<FakeRun> {
  const machine = new FakeMachine(options);
  const exitCode = await main(argv, machine);
  return { exitCode, stdout: machine.stdout.text, stderr: machine.stderr.text };
}

/** Every line of stdout must be JSON, the last one the result, and stderr empty. */
export async function runJson(
  argv: readonly string[],
  options: FakeMachineOptions = {},
): Promise<FakeJsonRun> {
  const run = await runMain(argv, options);
  if (run.stderr !== "") throw new Error(`--json wrote on stderr: ${run.stderr}`);
  if (!run.stdout.endsWith("\n")) throw new Error(`the last line is cut: ${run.stdout}`);
  const lines = run.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>); // D11: objects, one a line
  const result = lines.at(-1);
  const results = lines.filter((line) => line["type"] === "result");
  if (result === undefined || results.length !== 1 || results[0] !== result) {
    throw new Error(`one result as the last line, not: ${run.stdout}`);
  }
  return { ...run, lines, result };
}

/** Control characters other than tab and line feed. */
export function findControlCharacters(text: string): string[] {
  return [...text].filter((character) => {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 32 || (code >= 127 && code < 160);
    return isControl && character !== "\n" && character !== "\t";
  });
}
