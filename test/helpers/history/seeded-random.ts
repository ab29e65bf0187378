/** Random numbers that a seed repeats: the same seed, the same operations. */

export interface SeededRandom {
  /** At least 0, less than 1. */
  next(): number;
  /** Whole, from 0 to `count - 1`. */
  below(count: number): number;
  /** One of them, by their weights. */
  choose<T extends string>(weights: Readonly<Record<T, number>>): T;
}

/** Mulberry32. @param seed whole */
export function createRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (count) => Math.floor(next() * count),
    choose: (weights) => chooseByWeight(weights, next()),
  };
}

function chooseByWeight<T extends string>(weights: Readonly<Record<T, number>>, at: number): T {
  const names = Object.keys(weights) as T[]; // the keys of a Record of T
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  let left = at * total;
  const chosen = names.find((name) => {
    left -= weights[name];
    return left < 0;
  });
  const last = chosen ?? names.at(-1);
  if (last === undefined) throw new Error("nothing to choose from");
  return last;
}

/** `MIZAN_TEST_SEED`, to repeat a history that failed; else another one each time. */
export function readSeed(): number {
  const given = process.env["MIZAN_TEST_SEED"];
  return given === undefined ? Date.now() % 2 ** 32 : Number(given);
}
