/** Takes control characters out of what others wrote: logs of the app, output of tools. */

import { stripVTControlCharacters } from "node:util";

/** C0 without tab and line feed, DEL, and C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The text without escape sequences and control characters; tabs and line feeds stay. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROL, "");
}
