/** Makes pipes of workerd's own, which keep nothing back. */

import type { CreatePipe } from "./pipe.ts";

export const createPipe: CreatePipe = (lengthBytes) => {
  return lengthBytes === null ? new IdentityTransformStream() : new FixedLengthStream(lengthBytes);
};
