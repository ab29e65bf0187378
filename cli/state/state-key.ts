/** Keys of state documents: what every store accepts, so that a key works in a folder and in a bucket. */

const SEGMENT = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** `/`-separated lower-case names of letters, digits and `-`, at most 64 characters each. */
export function isStateKey(key: string): boolean {
  return key.split("/").every((segment) => SEGMENT.test(segment));
}

/** A wrong key is a mistake of ours, not of the user. */
export function assertStateKey(key: string): string {
  if (!isStateKey(key)) throw new TypeError(`Not a state key: ${JSON.stringify(key)}`);
  return key;
}
