/** One line as passengers see it. */

import type { ReactNode } from "react";
import type { Line } from "../api/board.ts";
import { Clock } from "./clock.tsx";
import { LineBadge } from "./line-badge.tsx";
import { StateBadge } from "./state-badge.tsx";

interface LineRowProps {
  readonly line: Line;
  /** It has just changed. */
  readonly isFresh: boolean;
  readonly children?: ReactNode;
}

export function LineRow({ line, isFresh, children }: LineRowProps) {
  const { change } = line;
  return (
    <li className={`line-row is-${line.state}${isFresh ? " is-fresh" : ""}`}>
      <LineBadge line={line} />
      <div className="line-text">
        <h3>{line.name}</h3>
        {change?.message && <p className="line-message">{change.message}</p>}
      </div>
      <div className="line-state">
        <StateBadge state={line.state} />
        {change && (
          <p className="quiet">
            since <Clock at={change.at} />
          </p>
        )}
      </div>
      {children}
    </li>
  );
}
