/** Ids of releases: short, sortable by time, fit for names everywhere (D4). */

const DAY_MS = 86_400_000;
/** 36^5 < 86,400,000 < 36^6. */
const TIME_OF_DAY_DIGITS = 6;
const RANDOM_DIGITS = 4;

const RELEASE_ID = /^[a-z0-9]{1,20}$/;

/**
 * `261124` (day, UTC) + milliseconds of the day in base 36 + random digits: 16 characters.
 *
 * @param nowMs Unix time in milliseconds.
 * @param random in [0, 1).
 */
export function createReleaseId(nowMs: number, random: number = Math.random()): string {
  const day = new Date(nowMs).toISOString().slice(2, 10).replaceAll("-", "");
  const timeOfDay = (nowMs % DAY_MS).toString(36).padStart(TIME_OF_DAY_DIGITS, "0");
  const suffix = Math.floor(random * 36 ** RANDOM_DIGITS).toString(36);
  return `${day}${timeOfDay}${suffix.padStart(RANDOM_DIGITS, "0")}`;
}

export function isReleaseId(text: string): boolean {
  return RELEASE_ID.test(text);
}
