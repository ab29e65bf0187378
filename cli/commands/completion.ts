/** `mizan completion <shell>`. */

import { z } from "zod";
import { buildCompletionModel } from "../completion/completion-model.ts";
import { renderBash } from "../completion/render-bash.ts";
import { renderFish } from "../completion/render-fish.ts";
import { renderZsh } from "../completion/render-zsh.ts";
import { type CommandEntry, type CommandSpec, defineCommand } from "./define-command.ts";

const RENDER = { bash: renderBash, zsh: renderZsh, fish: renderFish } as const;
const SHELLS = ["bash", "zsh", "fish"] as const;

interface CompletionResult {
  readonly shell: (typeof SHELLS)[number];
  readonly script: string;
}

/**
 * @param entries Every command; all of them are loaded when it runs.
 * @param groups Summaries of commands of two words, by the first.
 */
export function createCompletion(
  entries: readonly CommandEntry[],
  groups: Readonly<Record<string, string>>,
): CommandSpec {
  return defineCommand({
    name: "completion",
    flags: [],
    arguments: [{ name: "<shell>", summary: SHELLS.join(", "), values: SHELLS }],
    options: z.strictObject({
      shell: z.enum(SHELLS, { error: `must be one of ${SHELLS.join(", ")}` }),
    }),
    async run(_context, { shell }): Promise<CompletionResult> {
      const commands = await Promise.all(
        entries.map(async ({ name, summary, load }) => ({
          word: name,
          summary,
          command: await load(),
        })),
      );
      const script = RENDER[shell](buildCompletionModel(commands, groups)).join("\n");
      return { shell, script };
    },
    render: ({ script }) => [script],
  });
}
