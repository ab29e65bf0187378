/** A state by word, form and colour: nobody needs all three. */

import { type LineState, STATE_NAME } from "../api/board.ts";

const SHAPE: Readonly<Record<LineState, string>> = {
  good: "M3.5 8.5l3 3 6-7",
  delays: "M8 4v4.5l3 2M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z",
  severe: "M8 2l6.5 12h-13zM8 6.5v3.5M8 12h.01",
  suspended: "M4 4l8 8M12 4l-8 8",
};

export function StateBadge({ state }: { state: LineState }) {
  return (
    <span className={`state-badge is-${state}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPE[state]} />
      </svg>
      {STATE_NAME[state]}
    </span>
  );
}
