/** `/`: how each line runs, for everybody. */

import { type Board, STATE_NAME } from "../api/board.ts";
import { ChangeLog } from "../components/change-log.tsx";
import { LineRow } from "../components/line-row.tsx";
import { BoardMissing } from "../components/page-states.tsx";
import { useBoard } from "../live/use-board.tsx";

export function BoardPage() {
  const { board, latest } = useBoard();
  return (
    <>
      <title>Halden Tram – how the lines run</title>
      {board === null ? (
        <BoardMissing />
      ) : (
        <>
          <h1>{summarize(board)}</h1>
          <div className="columns">
            <ul className="lines" aria-label="Lines">
              {board.lines.map((line) => (
                // The version is part of the key, so that the highlight begins anew with each change.
                <LineRow
                  key={`${line.id} ${line.change?.version}`}
                  line={line}
                  isFresh={latest !== null && latest.version === line.change?.version}
                />
              ))}
            </ul>
            <ChangeLog board={board} />
          </div>
          <Announcement board={board} />
        </>
      )}
    </>
  );
}

function summarize({ lines }: Board): string {
  const good = lines.filter(({ state }) => state === "good").length;
  if (good === lines.length) return "Good service on all lines";
  if (good === 0) return "Disruptions on all lines";
  return `Good service on ${good} of ${lines.length} lines`;
}

/** For screen readers: a change that comes while the page is open. */
function Announcement({ board }: { board: Board }) {
  const { latest } = useBoard();
  const line = latest && board.lines.find(({ id }) => id === latest.line);
  return (
    <p className="visually-hidden" role="status">
      {line && `Line ${line.number}: ${STATE_NAME[latest.state]}. ${latest.message}`}
    </p>
  );
}
