/** Hands a kept body to one client in slices, so that one who reads slowly holds little, and not for ever. */

import { startTimer } from "../origin/start-timer.ts";

/** workerd copies what a Response is given whole. */
const LARGEST_SLICE_BYTES = 64 * 1024;

/** A client that does not take one slice in that time has lost interest. */
const LONGEST_STILL_MS = 30_000;

/** @returns the body itself if it is small; its length stays known either way */
export function sliceBody(
  body: Uint8Array,
  waitUntil: (promise: Promise<unknown>) => void,
  longestStillMs = LONGEST_STILL_MS,
): Uint8Array | ReadableStream<Uint8Array> {
  if (body.byteLength <= LARGEST_SLICE_BYTES) return body;
  const { readable, writable } = new FixedLengthStream(body.byteLength);
  waitUntil(writeSlices(body, writable.getWriter(), longestStillMs));
  return readable;
}

/** Never rejects: a client that has gone needs nothing more. */
async function writeSlices(
  body: Uint8Array,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  longestStillMs: number,
): Promise<void> {
  try {
    for (let start = 0; start < body.byteLength; start += LARGEST_SLICE_BYTES) {
      const timer = startTimer(longestStillMs);
      const slice = writer.write(body.subarray(start, start + LARGEST_SLICE_BYTES));
      const isTaken = await Promise.race([slice.then(() => true), timer.rang]);
      timer.stop();
      if (!isTaken) throw new Error("the client stands still");
    }
    await writer.close();
  } catch (error) {
    writer.abort(error).catch(() => undefined);
  }
}
