/** The newest changes of all lines. */

import type { Board } from "../api/board.ts";
import { Clock } from "./clock.tsx";
import { LineBadge } from "./line-badge.tsx";
import { StateBadge } from "./state-badge.tsx";

export function ChangeLog({ board }: { board: Board }) {
  const lines = new Map(board.lines.map((line) => [line.id, line]));
  return (
    <section className="log" aria-labelledby="log-title">
      <h2 id="log-title">What has changed</h2>
      {board.changes.length === 0 && <p className="quiet">Nothing so far.</p>}
      <ol>
        {board.changes.map((change) => {
          const line = lines.get(change.line);
          return (
            <li key={change.version}>
              <p className="log-head">
                {line && <LineBadge line={line} />}
                <StateBadge state={change.state} />
                <Clock at={change.at} />
              </p>
              {change.message && <p className="log-message">{change.message}</p>}
              {change.author && <p className="quiet">by {change.author}</p>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
