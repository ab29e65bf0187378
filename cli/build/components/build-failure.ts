/** From esbuild's messages to the error that people read: file, line and the line itself. */

import { type BuildFailure, formatMessages, type Message } from "esbuild";
import { MizanError } from "../../../infra/contract/errors.ts";

export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

/** @returns BUILD_FAILED with the first message; all of them, with their lines, are in `details.output`. */
export async function buildComponentsError(
  errors: readonly Message[],
  cause: unknown,
): Promise<MizanError> {
  const frames = await formatMessages([...errors], { kind: "error", color: false });
  const [first] = errors;
  const text = first === undefined ? "esbuild failed" : describeMessage(first);
  return new MizanError("BUILD_FAILED", `The components do not build: ${text}`, {
    hint: "Fix that line and run the same command again",
    details: { output: frames.join("\n").trimEnd() },
    cause,
  });
}

/** `frontend/components/a.tsx:3:10: Unexpected "}"`; columns count from 1. */
function describeMessage({ text, location }: Message): string {
  if (location === null) return text;
  return `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}
