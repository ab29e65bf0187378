/** Decides what a mutation's answer says about its writes (edge-consistency 4, step 3). Pure. */

import { parseInvalidateHeader } from "./invalidate-header.ts";
import { parseCallTargets } from "./json-targets.ts";
import type { Targets } from "./target.ts";

/** What the Edge knows of an answer when it has to decide. */
export interface AnswerFacts {
  readonly status: number;
  /** `w` of a verified `X-Mizan-Wrote`; null: absent or wrong. */
  readonly wrote: boolean | null;
  /** Raw `X-Mizan-Invalidate`; null: none. */
  readonly invalidateHeader: string | null;
  readonly envelope: Envelope;
  /** No known length, or too large to be read before it is passed on. */
  readonly isStreamed: boolean;
}

/** Body of the answer: `none` where the request was no `call`; `unread`: too large, streamed, not JSON. */
export type Envelope =
  | { readonly kind: "none" }
  | { readonly kind: "unread" }
  | { readonly kind: "read"; readonly json: unknown };

export interface Outcome {
  /** Named by the answer: bumped in any case. */
  readonly targets: Targets;
  /** Every context of the intent is bumped too, since writes may have happened that nothing names. */
  readonly bumpsScope: boolean;
  /** The app may still write while the body flows: dirty until its last byte, then bumped again. */
  readonly mayWriteLater: boolean;
}

export function decideOutcome(facts: AnswerFacts): Outcome {
  const header = readHeader(facts.invalidateHeader);
  const body = readEnvelope(facts.envelope);
  const targets = joinTargets(header, body ?? []);
  const bumpsScope = targets === "*" || hasUnnamedWrites(facts, targets, body === null);
  // A streamed answer has no X-Mizan-Wrote; one that has it was finished before its headers.
  return { targets, bumpsScope, mayWriteLater: facts.isStreamed && facts.wrote === null };
}

function hasUnnamedWrites(facts: AnswerFacts, targets: Targets, isUnread: boolean): boolean {
  const { status, wrote, isStreamed } = facts;
  if (wrote === false) return false;
  const isSuccess = status >= 200 && status < 400;
  if (isSuccess && !isUnread && targets.length > 0) return false;
  if (wrote === true || isStreamed) return true;
  const isRefusal = status >= 400 && status < 500;
  return !isRefusal && (!isSuccess || isUnread);
}

/** A header that cannot be parsed may name contexts outside the intent. */
function readHeader(header: string | null): Targets {
  return header === null ? [] : (parseInvalidateHeader(header) ?? "*");
}

/** null: there is an envelope, and what it names is not known. */
function readEnvelope(envelope: Envelope): Targets | null {
  if (envelope.kind === "none") return [];
  return envelope.kind === "read" ? parseCallTargets(envelope.json) : null;
}

function joinTargets(one: Targets, other: Targets): Targets {
  return one === "*" || other === "*" ? "*" : [...one, ...other];
}
