/** How long to wait before a process that died is started again. */

/** A process that lived this long was healthy: its next death counts as the first. */
export const HEALTHY_AFTER_SECONDS = 30;

/** Deaths in a row from which on a process is shown as crashed (it is still started again). */
export const CRASHED_AFTER_DEATHS = 5;

const DELAYS_SECONDS = [0, 0.5, 1, 2, 5] as const;

/** @param deathsInRow 1 for the first death after a healthy time */
export function restartDelaySeconds(deathsInRow: number): number {
  return DELAYS_SECONDS[deathsInRow - 1] ?? 5;
}
