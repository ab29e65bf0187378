/** Headers by which the app guards its answers in browsers: a page made of its contexts has them, too. Pure. */

/** Lower-case name and value. */
export type GuardHeaders = readonly (readonly [name: string, value: string])[];

/**
 * Those of Django's SecurityMiddleware and XFrameOptionsMiddleware that do not speak of what is in the
 * document. (A `Content-Security-Policy` does, and would forbid the page its payload.)
 */
const NAMES = [
  "cross-origin-opener-policy",
  "permissions-policy",
  "referrer-policy",
  "x-frame-options",
];

/** @param headers of a context's answer */
export function pickGuardHeaders(headers: Pick<Headers, "get">): GuardHeaders {
  return NAMES.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
}
