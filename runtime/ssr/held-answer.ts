/**
 * Keeps an answer back in the renderer while it is unfinished: only an answer of which nothing was
 * sent can be had from another renderer, should this one die.
 */

import { describeError } from "../../edge/render/render-error.ts";
import type { ByteReader, Chunk } from "./byte-reader.ts";
import { buildFailure } from "./render-failure.ts";

/**
 * Nearly every answer is whole by then. That this timer fires shows, too, that no component hangs:
 * what a hanging one holds up stays unsent.
 */
const HOLD_MS = 50;

/** @returns the same answer, in one piece with its length if it is whole in time */
export async function holdAnswer(response: Response): Promise<Response> {
  const { body, status, headers } = response;
  if (body === null) return response;
  const reader: ByteReader = (body as ReadableStream<Chunk>).getReader(); // Response makes bytes of all
  const chunks: Chunk[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, HOLD_MS, null);
  });
  try {
    for (;;) {
      const next = reader.read();
      const read = await Promise.race([next, late]);
      if (read === null) return new Response(streamRest(chunks, next, reader), { status, headers });
      if (read.value === undefined) return new Response(joinChunks(chunks), { status, headers });
      chunks.push(read.value);
    }
  } catch (error) {
    // Nothing was sent yet, so it can still be said in words.
    return buildFailure("threw", describeError(error));
  } finally {
    clearTimeout(timer);
  }
}

function joinChunks(chunks: readonly Chunk[]): Chunk {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}

function streamRest(
  chunks: readonly Chunk[],
  next: ReturnType<ByteReader["read"]>,
  reader: ByteReader,
): ReadableStream<Chunk> {
  let pending: ReturnType<ByteReader["read"]> | null = next;
  next.catch(() => undefined); // whoever reads on sees it; until then nobody does
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
    async pull(controller) {
      const read = await (pending ?? reader.read());
      pending = null;
      if (read.value === undefined) controller.close();
      else controller.enqueue(read.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
