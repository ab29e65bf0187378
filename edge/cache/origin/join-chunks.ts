/** Joins the parts of a body. */

/** Always a copy: workerd reads into buffers of 4 KiB, which a small body would keep whole. */
export function joinChunks(
  chunks: readonly Uint8Array[],
  sizeBytes: number,
): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
