/** Turns any error into text, JSON and an exit status: message, evidence, hint, docs, grey cause. */

import { inspect } from "node:util";
import { MizanError } from "../../infra/contract/errors.ts";
import { type Look, paint } from "./look.ts";
import { printable } from "./printable.ts";

const ISSUES = "https://github.com/mizan/deploy/issues";
/** Of a log or traceback, for people. */
const SHOWN_LINES = 20;
/** Causes may form a ring. */
const MAX_CAUSES = 8;

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
export function renderError(error: unknown, options: Look & { readonly verbose: boolean }): string {
  const dim = (text: string) => paint(options, "dim", text);
  const lines = [`${paint(options, "red", "✗")} ${messageOf(error)}`];
  if (error instanceof MizanError) {
    const { output, ...others } = error.details ?? {};
    if (typeof output === "string" && output !== "")
      lines.push(dim(indent(tailOf(output, options))));
    if (error.hint) lines.push(`→ ${error.hint}`);
    if (error.docs) lines.push(`  ${error.docs}`);
    if (options.verbose) lines.push(...listDetails(others).map(dim));
  } else {
    lines.push(`→ This is a bug in Mizan. Please report it: ${ISSUES}`);
  }
  if (options.verbose || !(error instanceof MizanError)) lines.push(dim(stackOf(error)));
  else if (isWorthSaying(error)) lines.push(dim(`  ${messageOf(error.cause)}`));
  const text = `${lines.join("\n")}\n`;
  return options.plain ? printable(text) : text;
}

/** The last lines prove the cause; `--verbose` shows all. */
function tailOf(output: string, options: { readonly verbose: boolean }): string {
  const lines = output.trimEnd().split("\n");
  if (options.verbose || lines.length <= SHOWN_LINES) return output;
  return ["…", ...lines.slice(-SHOWN_LINES)].join("\n");
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return typeof error === "string" && error !== "" ? error : inspect(error);
}

/** The stacks of the error and its causes; nothing else of them, since fields could hold secrets. */
function stackOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return messageOf(error);
  const own = error.stack ?? messageOf(error);
  if (error.cause === undefined || depth === MAX_CAUSES) return own;
  return `${own}\ncaused by ${stackOf(error.cause, depth + 1)}`;
}

/** A cause says nothing new if the message repeats it, or lists what the schema's report held. */
function isWorthSaying({ cause, message }: MizanError): boolean {
  if (cause === undefined || (cause instanceof Error && cause.name === "ZodError")) return false;
  return !message.includes(messageOf(cause));
}

function listDetails(details: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(details).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  │ ${line}`)
    .join("\n");
}
