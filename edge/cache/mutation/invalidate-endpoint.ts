/** `POST /_mizan/invalidate`: signed messages about writes that do not pass the Edge (8 and 10). */

import { type InvalidateMessage, parseInvalidateMessage } from "../../authority/message-memory.ts";
import type { CacheMemory } from "../memory/cache-memory.ts";
import { verifyMessage } from "../origin/sign-headers.ts";
import type { PreparedPolicy } from "../release/prepared-release.ts";
import { readBody } from "./read-body.ts";

export const SIGNATURE_HEADER = "x-mizan-signature";

const LARGEST_MESSAGE_BYTES = 64 * 1024;
const MESSAGE_TIMEOUT_MS = 15_000;

export interface InvalidateAnswer {
  readonly status: 200 | 400 | 401 | 408 | 413 | 503;
  readonly text: string;
}

/**
 * @param signature value of `X-Mizan-Signature`; null: none
 * @returns 200 once every later read sees the change, for repeats too
 */
export async function takeInvalidation(
  body: ReadableStream<Uint8Array> | null,
  signature: string | null,
  { policy, cache }: { readonly policy: PreparedPolicy; readonly cache: CacheMemory },
): Promise<InvalidateAnswer> {
  // Whoever has no signature at all need not be read.
  if (signature === null) return { status: 401, text: "no signature" };
  const limits = { maxBytes: LARGEST_MESSAGE_BYTES, timeoutMs: MESSAGE_TIMEOUT_MS };
  const bytes = await readBody(body, limits);
  if (bytes === "large") return { status: 413, text: "larger than 64 KiB" };
  if (bytes === "slow") return { status: 408, text: "too slow" };
  if (bytes === "broken") return { status: 400, text: "not whole" };
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
