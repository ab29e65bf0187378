/** Passes a stream on, and tells when nothing of it is under way any more. */

import type { ByteReader, Chunk } from "./byte-reader.ts";

/** @param onEnd called after the last byte, when its source broke off, or when nobody reads on */
export function watchStream(source: ReadableStream<Chunk>, onEnd: () => void) {
  const reader: ByteReader = source.getReader();
  return new ReadableStream<Chunk>(
    {
      async pull(controller) {
        try {
          const read = await reader.read();
          if (read.value !== undefined) return controller.enqueue(read.value);
          controller.close();
        } catch (error) {
          // The connection is broken off: whoever reads must not take this for all of it.
          controller.error(error);
        }
        onEnd();
      },
      async cancel(reason) {
        onEnd();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
