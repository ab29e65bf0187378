/** Turns any error into text, JSON and an exit status: message, hint, docs, evidence, grey cause. */

import { inspect, styleText } from "node:util";
import { MizanError } from "../../infra/contract/errors.ts";

const ISSUES = "https://github.com/mizan/deploy/issues";

/** 1 is a bug in Mizan; everything expected carries its own status. */
export function exitCodeOf(error: unknown): number {
  return error instanceof MizanError ? error.exitCode : 1;
}

/** The last line of `--json`. */
export function renderErrorJson(error: unknown): object {
  const known = error instanceof MizanError;
  return {
    type: "result",
    ok: false,
    error: {
      code: known ? error.code : "INTERNAL",
      message: messageOf(error),
      hint: known ? (error.hint ?? null) : `Please report this: ${ISSUES}`,
      docs: known ? (error.docs ?? null) : null,
      details: known ? (error.details ?? {}) : { stack: stackOf(error) },
    },
    exitCode: exitCodeOf(error),
  };
}

/** Text for people, with a line break at its end. */
export function renderError(
  error: unknown,
  options: { readonly verbose?: boolean; readonly plain?: boolean },
  streams: { readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean } },
): string {
  const plain = options.plain === true || streams.stderr.isTTY !== true;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    plain ? text : styleText(style, text, { stream: streams.stderr });
  const lines = [`${paint("red", "✗")} ${messageOf(error)}`];
  if (error instanceof MizanError) {
    const output = error.details?.["output"];
    if (typeof output === "string" && output !== "") lines.push(paint("dim", indent(output)));
    if (error.hint) lines.push(`→ ${error.hint}`);
    if (error.docs) lines.push(`  ${error.docs}`);
  } else {
    lines.push(`→ This is a bug in Mizan. Please report it: ${ISSUES}`);
  }
  if (options.verbose || !(error instanceof MizanError)) lines.push(paint("dim", stackOf(error)));
  else if (error.cause !== undefined) lines.push(paint("dim", `  ${messageOf(error.cause)}`));
  return `${lines.join("\n")}\n`;
}

function messageOf(error: unknown): string {
  if (error instanceof Error && error.message !== "") return error.message;
  return typeof error === "string" && error !== "" ? error : inspect(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  │ ${line}`)
    .join("\n");
}
