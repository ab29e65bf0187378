/** Tells paths that have one spelling, which may be cached, from those that another server could read otherwise. */

/**
 * An escape whose decoded form is a delimiter somewhere: slash, backslash, `?`, `#`, `;`, `%`,
 * control characters. Or one that needs no escape at all, which is a second spelling of the path.
 */
const NEEDLESS_OR_DELIMITER =
  /%(?:2[5DEF]|[01][0-9A-F]|7[EF]|3[0-9BF]|23|4[1-9A-F]|5[0-9ACF]|6[1-9A-F]|7[0-9A])/;

/** Characters that a URL parser leaves in a path as they are, less `;`, which divides parameters in some servers. */
const PLAIN = /^(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-F]{2})*$/;

const LONGEST_PATH = 2048;

/**
 * @param rawPath percent-encoded path of a parsed URL
 * @returns its decoded segments; null: not the one spelling of what it names (needless or lower-case
 *   escapes, encoded delimiters, `.` and `..`, empty segments but the last, bytes that are no UTF-8)
 */
export function splitCanonicalPath(rawPath: string): readonly string[] | null {
  if (!rawPath.startsWith("/") || rawPath.length > LONGEST_PATH) return null;
  if (!PLAIN.test(rawPath) || NEEDLESS_OR_DELIMITER.test(rawPath)) return null;
  const segments = splitDecodedPath(rawPath);
  if (segments === null) return null;
  const isPlain = segments.every((segment, index) => {
    if (segment === "") return index === segments.length - 1;
    return segment !== "." && segment !== "..";
  });
  return isPlain ? segments : null;
}

/**
 * As Django sees it: decoded once, encoded slashes included. Only for what must not be missed.
 * @returns null for bytes that are no UTF-8
 */
export function splitDecodedPath(rawPath: string): readonly string[] | null {
  try {
    return decodeURIComponent(rawPath).slice(1).split("/");
  } catch {
    return null; // the one error that it throws: malformed
  }
}
