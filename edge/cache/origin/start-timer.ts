/** A time to wait for, beside something else. */

export interface Timer {
  readonly rang: Promise<undefined>;
  readonly stop: () => void;
}

export function startTimer(ms: number): Timer {
  let ring: (value: undefined) => void = () => {};
  const rang = new Promise<undefined>((resolve) => {
    ring = resolve;
  });
  const timer = setTimeout(() => ring(undefined), ms);
  return { rang, stop: () => clearTimeout(timer) };
}
