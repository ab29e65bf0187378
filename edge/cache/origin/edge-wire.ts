/** The Edge's side of the wire to the runtime: signs every question, reads what an answer reports. */

import { parseInvalidateHeader } from "../../authority/invalidate-header.ts";
import type { PreparedPolicy } from "../release/prepared-release.ts";
import { isOvertaken, type Visit } from "../visit.ts";
import { type IntentMode, signIntent, verifyWrote, type Wrote } from "./sign-headers.ts";
import { INTENT_HEADER, INVALIDATE_HEADER, WROTE_HEADER } from "./wire-headers.ts";

export interface Question {
  readonly method: string;
  /** Absolute, the very text that the question is made with: workerd sends it without re-spelling it. */
  readonly url: string;
  readonly mode: IntentMode;
  /** Of the intent, else of this question alone. */
  readonly id: string;
  readonly deadlineMs: number | null;
}

/** @param headers of the question, changed in place */
export async function setIntent(
  headers: Headers,
  policy: PreparedPolicy,
  { method, url, mode, id, deadlineMs }: Question,
): Promise<void> {
  const facts = { method, rawTarget: readRawTarget(url), mode, id, deadlineMs };
  headers.set(INTENT_HEADER, await signIntent(policy.edgeRing.signing, facts));
}

/** Not by `URL`, which would encode a quote and drop the `?` of an empty query. */
function readRawTarget(url: string): string {
  return url.slice(url.indexOf("/", url.indexOf("://") + 3));
}

/** @returns null: absent, or not made for this question */
export function readWrote(
  response: Response,
  policy: PreparedPolicy,
  id: string,
): Promise<Wrote | null> {
  return verifyWrote(policy.edgeRing, response.headers.get(WROTE_HEADER), {
    status: response.status,
    invalidateHeader: response.headers.get(INVALIDATE_HEADER),
    id,
  });
}

/** Of an answer that no intent covers, whatever its method and path: before it is passed on. */
export function bumpInvalidated({ headers }: Response, visit: Visit): void {
  const header = headers.get(INVALIDATE_HEADER);
  if (header === null || visit.cached === null) return;
  const { cache, policy } = visit.cached;
  // What cannot be read may name anything; what an overtaken release names is not all (`MutationRecord`).
  const targets = isOvertaken(visit) ? "*" : (parseInvalidateHeader(header) ?? "*");
  cache.authority.bump(cache.resolve(targets, policy), Date.now());
}
