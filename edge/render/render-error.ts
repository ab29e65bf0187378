/** Why nothing was rendered, as an error on the inside and as `RenderFailure` on the wire. */

import type { RenderFailure } from "./contract.ts";

export type FailureKind = RenderFailure["error"]["kind"];

const STATUS = {
  "bad-request": 400,
  "unknown-component": 404,
  threw: 500,
  overloaded: 503,
  timeout: 504,
} as const satisfies Record<FailureKind, number>;

export class RenderError extends Error {
  override readonly name = "RenderError";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What is not ours was thrown by a component. */
export function findFailureKind(error: unknown): FailureKind {
  return error instanceof RenderError ? error.kind : "threw";
}

/** Anything can be thrown: null, symbols, objects whose `toString` throws. */
export function describeError(error: unknown): string {
  try {
    return error instanceof Error ? `${error.message || error.name}` : String(error);
  } catch {
    return "something that cannot be shown"; // the very question threw
  }
}

export function buildFailureResponse(failure: RenderFailure): Response {
  return Response.json(failure, { status: STATUS[failure.error.kind] });
}
