/** Questions to the person at the terminal; without one, an error that names `--yes`. */

import { MizanError } from "../infra/contract/errors.ts";
import type { Prompt } from "./context.ts";

export interface PromptOptions {
  /** The terminal: questions go where progress goes, so that stdout stays the result. null: none. */
  readonly streams: {
    readonly input: NodeJS.ReadableStream;
    readonly output: NodeJS.WritableStream;
  } | null;
  /** Every question is answered yes without asking. */
  readonly yes: boolean;
  readonly signal: AbortSignal;
}

type Ask = { readonly signal: AbortSignal } & NonNullable<PromptOptions["streams"]>;

export function createPrompt({ streams, yes, signal }: PromptOptions): Prompt {
  const ask = async (question: string, run: (how: Ask) => Promise<boolean>): Promise<boolean> => {
    if (yes) return true;
    if (streams === null) {
      throw new MizanError("CONFIRMATION_NEEDED", `${question} There is no terminal to ask at.`, {
        hint: "Add --yes to go on.",
      });
    }
    return run({ ...streams, signal }).catch((error: unknown) => {
      throw hasLeft(error) ? createInterruptedError({ cause: error }) : error;
    });
  };
  return {
    confirm: (question) =>
      ask(question, async (how) => {
        const { confirm } = await import("@inquirer/prompts");
        return confirm({ message: question, default: false }, how);
      }),
    confirmTyped: (question, word) =>
      ask(question, async (how) => {
        const { input } = await import("@inquirer/prompts");
        const typed = await input({ message: `${question} Type ${word} to go on:` }, how);
        return typed.trim() === word;
      }),
  };
}

/** What a command ends with after SIGINT or SIGTERM. */
export function createInterruptedError(
  reason: { readonly cause?: unknown; readonly signal?: NodeJS.Signals } = {},
): MizanError {
  return new MizanError("INTERRUPTED", "Interrupted.", {
    hint: "Run the command again: it finishes or undoes what was left.",
    cause: reason.cause,
    details: reason.signal === undefined ? {} : { signal: reason.signal },
  });
}

/** Ctrl-C at a question, or a signal while it waited: inquirer names its errors, it exports no classes here. */
function hasLeft(error: unknown): boolean {
  return error instanceof Error && ["ExitPromptError", "AbortPromptError"].includes(error.name);
}
