/** A line's number in its colour, as on the trams. */

import type { Line } from "../api/board.ts";

export function LineBadge({ line }: { line: Pick<Line, "number" | "colour"> }) {
  return (
    <span className="line-badge" style={{ backgroundColor: line.colour }}>
      <span className="visually-hidden">Line </span>
      {line.number}
    </span>
  );
}
