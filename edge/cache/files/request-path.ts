/** Reads URL paths so that what is decided about one is what is served: decoded once, nothing hidden. */

/**
 * @param url of a request, absolute, as it came: no parser has put its path right
 * @returns its path, without query and fragment
 */
export function readRawPath(url: string): string {
  const path = url.slice(url.indexOf("/", url.indexOf("://") + 3));
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/**
 * @param rawPath path of a parsed URL, percent-encoded, with its leading slash
 * @returns the decoded path, or null where it is not valid UTF-8 or not valid percent-encoding
 */
export function decodePath(rawPath: string): string | null {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return null; // the one error that it throws: malformed
  }
}

/**
 * `/_mizan` and all below it, however it is spelled. An origin decodes byte by byte, so a path that
 * is no valid UTF-8 as a whole must not slip through, nor one with more slashes in front.
 */
export function isInternalPath(rawPath: string): boolean {
  const ascii = rawPath.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /^\/+_mizan(?:\/|$)/.test(ascii);
}

/**
 * Path of an uploaded file inside the media folder.
 * @param path decoded URL path
 * @param prefix e.g. `/media/`
 * @returns relative and percent-encoded for the disk service, or null for what must not be served:
 *   hidden files and folders, `..`, empty parts, backslashes, control characters
 */
export function buildMediaPath(path: string, prefix: string): string | null {
  if (!path.startsWith(prefix)) return null;
  const parts = path.slice(prefix.length).split("/");
  return parts.every(isVisibleName) ? parts.map(encodeURIComponent).join("/") : null;
}

function isVisibleName(part: string): boolean {
  // A lone surrogate, which encodeURIComponent refuses, cannot come out of decodeURIComponent.
  return part !== "" && !part.startsWith(".") && !/[\\\p{Cc}]/u.test(part);
}
