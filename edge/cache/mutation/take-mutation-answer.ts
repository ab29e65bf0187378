/** Reads from the answer to a mutation what it wrote, bumps, and only then passes the answer on (4.3 to 4.5). */

import type { Settlement } from "../../authority/authority-interface.ts";
import { decideOutcome, type Envelope } from "../../authority/outcome.ts";
import type { OriginAnswer } from "../origin/ask-origin.ts";
import { readWrote } from "../origin/edge-wire.ts";
import {
  buildPublicHeaders,
  createAnswer,
  createUnreachableAnswer,
  type PassOnOptions,
  passOn,
  readLength,
} from "../origin/pass-on.ts";
import { LARGEST_BODY_BYTES } from "../origin/request-bodies.ts";
import { startTimer } from "../origin/start-timer.ts";
import { INVALIDATE_HEADER } from "../origin/wire-headers.ts";
import type { CachedVisit } from "../visit.ts";
import type { MutationRecord } from "./mutation-record.ts";
import { relayStream } from "./relay-stream.ts";

export interface MutationAnswer {
  readonly answer: OriginAnswer;
  readonly record: MutationRecord;
  readonly isCall: boolean;
  /** Unix ms after which nothing can be committed; null: there is no such time. */
  readonly deadlineMs: number | null;
  readonly options: PassOnOptions;
}

export async function takeMutationAnswer(
  visit: CachedVisit,
  mutation: MutationAnswer,
): Promise<Response> {
  const { policy, cache } = visit.cached;
  const { answer, record, isCall, options } = mutation;
  const { response } = answer;
  const isStreamed = hasStreamedBody(response);
  const wrote = await readWrote(response, policy, record.id);
  let body: ArrayBuffer | null = null;
  if (isCall && !isStreamed) {
    body = await readWhole(response);
    if (body === null) {
      record.lose(Date.now());
      options.end();
      return createUnreachableAnswer(visit.request, options.mark);
    }
  }
  const outcome = decideOutcome({
    status: response.status,
    wrote: wrote?.wrote ?? null,
    invalidateHeader: response.headers.get(INVALIDATE_HEADER),
    envelope: isCall ? parseEnvelope(body) : { kind: "none" },
    isStreamed,
  });
  const tags = cache.resolve(outcome.targets, policy);
  const settlement = { tags, bumpsScope: outcome.bumpsScope };
  if (outcome.mayWriteLater) return relay(visit, mutation, settlement);
  record.settle(settlement, Date.now());
  if (body === null) return passOn(response, options);
  options.end();
  return createAnswer(response, buildPublicHeaders(response, options), new Uint8Array(body));
}

function hasStreamedBody({ body, headers }: Response): boolean {
  if (body === null) return false;
  const lengthBytes = readLength(headers);
  return lengthBytes === null || lengthBytes > LARGEST_BODY_BYTES;
}

/** @returns null: the origin broke off */
async function readWhole(response: Response): Promise<ArrayBuffer | null> {
  try {
    return await response.arrayBuffer();
  } catch (error) {
    console.error(`an answer was cut off: ${String(error)}`);
    return null;
  }
}

/** @param body null: not read */
function parseEnvelope(body: ArrayBuffer | null): Envelope {
  if (body === null) return { kind: "unread" };
  try {
    return { kind: "read", json: JSON.parse(new TextDecoder().decode(body)) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "unread" };
    throw error;
  }
}

/** Bumped at the headers, dirty until the last byte, bumped again. */
function relay(
  { waitUntil }: CachedVisit,
  { answer, record, deadlineMs, options }: MutationAnswer,
  settlement: Settlement,
): Response {
  const { response } = answer;
  const { end, ahead, clientId } = options;
  const everything = { ...settlement, bumpsScope: true };
  record.beginStream(settlement, Date.now());
  if (response.body === null) throw new Error("an answer without a body is not streamed");
  const timer = deadlineMs === null ? null : startTimer(Math.max(0, deadlineMs - Date.now()));
  const { readable, done } = relayStream(response.body, {
    ahead,
    clientId,
    lengthBytes: readLength(response.headers),
    deadline: timer?.rang ?? new Promise(() => undefined),
    onGiveUp: () => record.settle(everything, Date.now()),
    onEnd: (isWhole) => {
      timer?.stop();
      if (isWhole) record.settle(everything, Date.now());
      else record.lose(Date.now());
      end();
    },
  });
  waitUntil(done);
  return createAnswer(response, buildPublicHeaders(response, options), readable);
}
