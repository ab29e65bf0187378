/** Says whether what is shown is live, and asks to reload when the app has a new version. */

import { useBoard } from "../live/use-board.tsx";

const TEXT = {
  live: "Live",
  connecting: "Connecting…",
  waiting: "Reconnecting…",
} as const;

export function ConnectionNote() {
  const { status, isOutdated } = useBoard();
  return (
    <div className="connection">
      <p className={`connection-note is-${status}`} role="status">
        {TEXT[status]}
      </p>
      {isOutdated && (
        <button type="button" className="connection-reload" onClick={() => location.reload()}>
          A new version of this page is there: reload
        </button>
      )}
    </div>
  );
}
