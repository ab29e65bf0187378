/** One measured figure, its target, and the arithmetic of medians. */

export interface Figure {
  readonly name: string;
  /** As shown: `1.84 s`, `1.6 ×`. */
  readonly shown: string;
  readonly value: number;
  /** What issue or design ask for; null: none. */
  readonly target: { readonly shown: string; readonly isMet: boolean } | null;
}

/** @throws for an empty list. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("A median of nothing");
  return middle;
}

/** A time in seconds that should be at most `targetSeconds`. */
export function secondsFigure(name: string, ms: number, targetSeconds: number | null): Figure {
  const value = ms / 1000;
  const target =
    targetSeconds === null
      ? null
      : { shown: `≤ ${targetSeconds} s`, isMet: value <= targetSeconds };
  return { name, shown: `${value.toFixed(2)} s`, value, target };
}

/** A time in milliseconds that should be at most `targetMs`. */
export function millisecondsFigure(name: string, ms: number, targetMs: number): Figure {
  const target = { shown: `≤ ${targetMs} ms`, isMet: ms <= targetMs };
  return { name, shown: `${ms.toFixed(1)} ms`, value: ms, target };
}

/** A ratio within this run that should be at most `limit`. */
export function ratioFigure(name: string, value: number, limit: number): Figure {
  return {
    name,
    shown: `${value.toFixed(2)} ×`,
    value,
    target: { shown: `≤ ${limit} ×`, isMet: value <= limit },
  };
}

/** A share within this run that should be at least `floor`: `87 %`. */
export function shareFigure(name: string, value: number, floor: number | null): Figure {
  const target =
    floor === null ? null : { shown: `≥ ${formatPercent(floor)}`, isMet: value >= floor };
  return { name, shown: formatPercent(value), value, target };
}

/** A share within this run that should be at most `ceiling`: `12 %`. */
export function shareCeilingFigure(name: string, value: number, ceiling: number): Figure {
  const target = { shown: `≤ ${formatPercent(ceiling)}`, isMet: value <= ceiling };
  return { name, shown: formatPercent(value), value, target };
}

/** A count that should be exactly `wanted`. */
export function countFigure(name: string, value: number, wanted: number): Figure {
  return {
    name,
    shown: String(value),
    value,
    target: { shown: `${wanted}`, isMet: value === wanted },
  };
}

/** Without a target: `0.41 ms`, `2.9 KiB`. */
export function plainFigure(name: string, value: number, unit: string, digits: number): Figure {
  return { name, shown: `${value.toFixed(digits)} ${unit}`, value, target: null };
}

function formatPercent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
