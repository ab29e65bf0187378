/** What stands in for the board while it is not there. */

import { useBoard } from "../live/use-board.tsx";

export function BoardMissing() {
  const { error, reload } = useBoard();
  if (error === null) return <p className="quiet">Asking the control room…</p>;
  return (
    <div className="failure" role="alert">
      <p>{error.message}</p>
      <button type="button" className="button" onClick={reload}>
        Try again
      </button>
    </div>
  );
}
