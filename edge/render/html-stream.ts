/** HTML that is there as a whole, as the stream that adapters give. */

import { ROOT_ID } from "./contract.ts";

/** @param isInner without the root element around it */
export function createHtmlStream(html: string, isInner: boolean): ReadableStream<Uint8Array> {
  const whole = isInner ? html : `<div id="${ROOT_ID}">${html}</div>`;
  return new ReadableStream({
    start(controller) {
      if (whole !== "") controller.enqueue(new TextEncoder().encode(whole));
      controller.close();
    },
  });
}
