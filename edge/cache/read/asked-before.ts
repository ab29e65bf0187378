/**
 * Remembers what was asked for before, by a hash: of what is new and of what was bumped away or has
 * given way in the meantime, the store can so tell what is asked for again. Bounded.
 */

import { BoundedMap } from "../memory/bounded-map.ts";

/** About 8 MiB. A flood of 5,000 new things a second takes 10 s to be the only ones remembered. */
const MOST_SUBJECTS = 50_000;

export class AskedBefore {
  readonly #subjects: BoundedMap<true>;

  constructor(maxSubjects: number = MOST_SUBJECTS) {
    this.#subjects = new BoundedMap(maxSubjects);
  }

  /** @returns whether it was noted before */
  note(subject: string): boolean {
    const hash = hashText(subject);
    if (this.#subjects.get(hash) !== undefined) return true;
    this.#subjects.set(hash, true);
    return false;
  }

  clear(): void {
    this.#subjects.clear();
  }
}

/** Two FNV-1a of 32 bits each. Nothing but a place in the store depends on it. */
function hashText(text: string): string {
  let one = 0x811c9dc5;
  let other = 0x1000193;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ (unit + index), 0x85ebca6b);
  }
  return `${(one >>> 0).toString(36)}.${(other >>> 0).toString(36)}`;
}
