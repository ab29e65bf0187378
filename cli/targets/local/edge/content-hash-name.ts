/** Tells from a file's name whether it holds a hash of the content, so that its URL never changes meaning. Pure. */

/**
 * Taken for a hash: what Django's ManifestStaticFilesStorage writes (`app.0a1b2c3d4e5f.css`, 12 hex),
 * webpack (`main.8f3a2b1c.js`, 8 to 64 hex), and Vite (`assets/index-BfZ3kQ1x.js`, 8 of base64url).
 *
 * A name that is wrongly taken for one would keep an old file in browsers for a year, one that is
 * wrongly not only costs a question. So a hash must look like one: hex with a digit and a letter,
 * base64url with a digit, a lower-case and an upper-case letter. Dates and words are none. (A fifth
 * of Vite's hashes are not taken either.)
 *
 * @param path relative to the folder that was built, POSIX
 */
export function hasContentHash(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const hex = /\.([0-9a-f]{8,64})(?:\.[^/]+)?$/.exec(name)?.[1];
  if (hex !== undefined && /[0-9]/.test(hex) && /[a-f]/.test(hex)) return true;
  if (!/(?:^|\/)assets\//.test(path)) return false;
  const base64 = /-([A-Za-z0-9_-]{8})\.[^/]+$/.exec(name)?.[1];
  return base64 !== undefined && [/[0-9]/, /[a-z]/, /[A-Z]/].every((kind) => kind.test(base64));
}
