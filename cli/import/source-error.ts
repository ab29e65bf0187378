/** Errors about the file that is imported: where, what, and never its text, which may hold secrets. */

import { MizanError } from "../../infra/contract/errors.ts";

/** @param line From 1; null if it is about the whole file. */
export function createSourceError(
  file: string,
  line: number | null,
  problem: string,
  cause?: unknown,
): MizanError {
  const place = line === null ? file : `${file}:${line}`;
  return new MizanError("APP_INVALID", `${place} cannot be imported: ${problem}`, {
    hint: `Correct ${file}, then try again, or run \`mizan init\` without --from.`,
    details: { file, line, problem },
    cause,
  });
}
