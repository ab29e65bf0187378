/** Questions to the person at the terminal; without one, an error that names `--yes`. */

import { MizanError } from "../infra/contract/errors.ts";
import type { Prompt } from "./context.ts";

/** @param options.yes every question is answered yes without asking. */
export function createPrompt(options: { isTerminal: boolean; yes: boolean }): Prompt {
  const ask = async <T>(question: string, run: () => Promise<T>): Promise<T> => {
    if (options.isTerminal) return run();
    throw new MizanError("CONFIRMATION_NEEDED", `${question} There is no terminal to ask at.`, {
      hint: "Add --yes to go on.",
    });
  };
  return {
    async confirm(question) {
      if (options.yes) return true;
      return ask(question, async () => {
        const { confirm } = await import("@inquirer/prompts");
        return confirm({ message: question, default: false });
      });
    },
    async confirmTyped(question, word) {
      if (options.yes) return true;
      return ask(question, async () => {
        const { input } = await import("@inquirer/prompts");
        return (await input({ message: `${question} Type ${word} to go on:` })) === word;
      });
    },
  };
}
