/** Reads a request's body whole, up to a size and within a time. */

import { joinChunks } from "./join-chunks.ts";
import { startTimer } from "./start-timer.ts";

export interface ReadBodyOptions {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Asked before each part is kept: `false` where there is no room for so many bytes more. */
  readonly admit: (bytes: number) => boolean;
}

/** `busy`: there is no room at the moment. `senseless`: there should be none. */
export type BodyProblem = "large" | "slow" | "broken" | "busy" | "senseless";

/** After a problem the rest is not read. */
export async function readBody(
  body: ReadableStream<Uint8Array>,
  options: ReadBodyOptions,
): Promise<Uint8Array<ArrayBuffer> | BodyProblem> {
  const reader = body.getReader();
  const timer = startTimer(options.timeoutMs);
  try {
    return await readAll(reader, options, timer.rang);
  } catch {
    return "broken"; // whatever the reason, the client did not send it whole
  } finally {
    timer.stop();
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { maxBytes, admit }: ReadBodyOptions,
  timeout: Promise<undefined>,
): Promise<Uint8Array<ArrayBuffer> | BodyProblem> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const read = await Promise.race([reader.read(), timeout]);
    if (read === undefined) return giveUp(reader, "slow");
    if (read.done) return joinChunks(chunks, sizeBytes);
    const { byteLength } = read.value;
    sizeBytes += byteLength;
    if (sizeBytes > maxBytes) return giveUp(reader, "large");
    if (!admit(byteLength)) return giveUp(reader, "busy");
    chunks.push(read.value);
  }
}

function giveUp(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  problem: BodyProblem,
): BodyProblem {
  reader.cancel().catch(() => undefined); // nobody waits for a client that is refused
  return problem;
}
