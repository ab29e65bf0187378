/** `POST /_mizan/invalidate`: signed messages about writes that do not pass the Edge (8 and 10). */

import { type InvalidateMessage, parseInvalidateMessage } from "../../authority/message-memory.ts";
import type { CacheMemory } from "../memory/cache-memory.ts";
import type { BodyProblem } from "../origin/read-body.ts";
import { verifyMessage } from "../origin/sign-headers.ts";
import type { PreparedPolicy } from "../release/prepared-release.ts";
import { findClientId, type Visit } from "../visit.ts";

export const SIGNATURE_HEADER = "x-mizan-signature";

const LARGEST_MESSAGE_BYTES = 64 * 1024;

export interface InvalidateAnswer {
  readonly status: 200 | 400 | 401 | 408 | 413 | 503;
  readonly text: string;
}

/** Reads the body, of at most so many bytes. */
export type ReadMessage = (maxBytes: number) => Promise<Uint8Array<ArrayBuffer> | BodyProblem>;

export function createMessageReader(visit: Visit): ReadMessage {
  const { body } = visit.request;
  return async (maxBytes) => {
    if (body === null) return new Uint8Array(0);
    const read = await visit.memory.bodies.read(body, findClientId(visit), maxBytes);
    if (typeof read === "string") return read;
    read.release(); // small, and done with in a moment
    return read.content;
  };
}

const UNREAD: Readonly<Record<BodyProblem, InvalidateAnswer>> = {
  busy: { status: 503, text: "too many at once" },
  large: { status: 413, text: "larger than 64 KiB" },
  slow: { status: 408, text: "too slow" },
  broken: { status: 400, text: "not whole" },
  senseless: { status: 400, text: "not a message" },
};

/**
 * @param signature value of `X-Mizan-Signature`; null: none
 * @returns 200 once every later read sees the change, for repeats too
 */
export async function takeInvalidation(
  read: ReadMessage,
  signature: string | null,
  { policy, cache }: { readonly policy: PreparedPolicy; readonly cache: CacheMemory },
): Promise<InvalidateAnswer> {
  // Whoever has no signature at all need not be read.
  if (signature === null) return { status: 401, text: "no signature" };
  const bytes = await read(LARGEST_MESSAGE_BYTES);
  if (typeof bytes === "string") return UNREAD[bytes];
  if (!(await verifyMessage(policy.edgeRing, signature, bytes))) {
    return { status: 401, text: "wrong signature" };
  }
  const message = parseMessage(bytes);
  if (message === null) return { status: 400, text: "no message" };
  const tags = cache.resolve(message.targets, policy);
  switch (cache.authority.acceptMessage(message, tags, Date.now())) {
    case "new":
    case "repeated":
      return { status: 200, text: "invalidated" };
    case "untimely":
      return { status: 401, text: "sentAtMs is not near this machine's clock" };
    case "full":
      return { status: 503, text: "too many at once" };
  }
}

function parseMessage(bytes: Uint8Array): InvalidateMessage | null {
  try {
    return parseInvalidateMessage(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
