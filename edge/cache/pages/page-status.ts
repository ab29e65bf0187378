/** The status of a page that misses a context which it needs. Pure. */

/** They say the same about the page as about its context. */
const KEPT_STATUS = new Set([401, 403, 404, 410, 429, 503]);

/** What does not validate came from the page's own address. */
const NOT_FOUND_STATUS = new Set([400, 422]);

/** @param status of the origin's answer; 0: it did not answer */
export function findPageStatus(status: number): number {
  if (KEPT_STATUS.has(status)) return status;
  return NOT_FOUND_STATUS.has(status) ? 404 : 502;
}
