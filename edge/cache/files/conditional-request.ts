/** Conditional and range requests for files (RFC 9110, 13 and 14). Pure. */

/** What identifies the file's present content. */
export interface Validators {
  /** Strong, with its quotes; null: the file has none. */
  readonly etag: string | null;
  /** HTTP date; null: the file has none. */
  readonly lastModified: string | null;
}

/** The browser has this content already: 304. `If-None-Match` decides alone where it is present. */
export function isNotModified(headers: Headers, { etag, lastModified }: Validators): boolean {
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) {
    const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes("*") || (etag !== null && tags.includes(etag));
  }
  const ifModifiedSince = headers.get("if-modified-since");
  if (ifModifiedSince === null || lastModified === null) return false;
  return Date.parse(lastModified) <= Date.parse(ifModifiedSince);
}

/**
 * @returns the value of `Range` to pass on, or null for the whole file: no range was asked for, or
 *   of another content (`If-Range`), which would put two files together
 */
export function findRange(headers: Headers, { etag, lastModified }: Validators): string | null {
  const range = headers.get("range");
  const ifRange = headers.get("if-range");
  if (range === null || ifRange === null) return range;
  return ifRange === etag || ifRange === lastModified ? range : null;
}
