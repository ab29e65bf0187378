/** Everything impure that a command may touch: built once in `bin.ts`, faked in tests. */

import type { Style } from "./output/look.ts";

/** One machine-readable line of `--json` before the result. */
export interface OutputEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface StepRecord {
  readonly name: string;
  readonly durationMs: number;
  readonly skipped: boolean;
}

/** What a step under way may say about itself. */
export interface StepHandle {
  /** One short line about what is going on now. */
  progress(text: string): void;
  /** There was nothing to do, and why. */
  skip(reason: string): void;
  /** What came out of it, shown behind the title: `12 files`. */
  note(text: string): void;
}

/** Where words go. People get text on stdout and progress on stderr; machines get events. */
export interface Output {
  /** A line for people; nothing with `--json`. */
  line(text: string): void;
  /** Something to know that does not stop the command; an event `warning` with `--json`. */
  warn(message: string): void;
  /** The text in a style for `line`, where the terminal takes colours; else as it is. */
  paint(style: Style, text: string): string;
  /** An event for machines; nothing without `--json`. */
  event(event: OutputEvent): void;
  /** Shows a step under way, then its end with its time. The step's own error passes through. */
  step<T>(name: string, title: string, run: (step: StepHandle) => Promise<T>): Promise<T>;
  /** Steps that ended well so far, in order: the `steps` of `deploy --json`. */
  readonly steps: readonly StepRecord[];
  /** Only with `--verbose`. */
  detail(text: string): void;
  readonly json: boolean;
  readonly verbose: boolean;
}

export interface Prompt {
  /** Yes or no. Without a terminal: throws CONFIRMATION_NEEDED naming `--yes`. */
  confirm(question: string): Promise<boolean>;
  /** The typed word must equal `word`. */
  confirmTyped(question: string, word: string): Promise<boolean>;
}

export interface Context {
  readonly out: Output;
  readonly prompt: Prompt;
  /** Absolute folder that the command works in (`--cwd`). */
  readonly cwd: string;
  /** The process environment, parsed never written. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly isTerminal: boolean;
  /** `--yes`: every question is answered yes. */
  readonly yes: boolean;
  /** `--env`, else undefined. */
  readonly environmentName: string | undefined;
  /** `--target`, else undefined. */
  readonly targetName: string | undefined;
  /** All of the standard input: for secrets, which have no place in a command line. */
  readInput(): Promise<string>;
  /** Unix time in milliseconds. */
  nowMs(): number;
  /** Resolves a file that ships with the package: `runtime/origin`, `templates/…`, `dist/edge/cache.mjs`. Absolute. */
  packageFile(path: string): string;
}
