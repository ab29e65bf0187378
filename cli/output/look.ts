/** Decides how output looks: colours and moving lines only where someone looks at a terminal (D11). */

import { styleText } from "node:util";

/** How text for people looks. */
export interface Look {
  /** No control character at all: no colour, no spinner. */
  readonly plain: boolean;
  readonly colour: boolean;
}

export type Style = Parameters<typeof styleText>[0];

export function decideLook(
  options: { readonly plain?: boolean },
  machine: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly stderr: { readonly isTTY?: boolean };
  },
): Look {
  const { CI, NO_COLOR, TERM } = machine.env;
  const isWatched = machine.stderr.isTTY === true && !CI && TERM !== "dumb";
  const plain = options.plain === true || !isWatched;
  return { plain, colour: !plain && !NO_COLOR }; // set and not empty: https://no-color.org
}

/** The text in a style, or as it is. Whether the stream takes colours was decided before. */
export function paint(look: Look, style: Style, text: string): string {
  return look.colour ? styleText(style, text, { validateStream: false }) : text;
}
