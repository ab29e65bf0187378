/** `/desk`: where dispatchers say how a line runs. */

import { useId, useState } from "react";
import { Navigate } from "react-router";
import { type Line, signOut } from "../api/board.ts";
import { ChangeForm } from "../components/change-form.tsx";
import { ChangeLog } from "../components/change-log.tsx";
import { LineRow } from "../components/line-row.tsx";
import { BoardMissing } from "../components/page-states.tsx";
import { useBoard } from "../live/use-board.tsx";
import { useSession } from "../session.tsx";

export function DeskPage() {
  const { board, latest } = useBoard();
  const { user, setSession } = useSession();
  const [openId, setOpenId] = useState<number | null>(null);
  if (user === null) return <Navigate to="/sign-in" replace />;
  return (
    <>
      <title>Desk – Halden Tram</title>
      <div className="page-head">
        <h1>Control room</h1>
        {user && (
          <p className="quiet">
            Signed in as {user.name}{" "}
            <button
              type="button"
              className="button-link"
              onClick={() => void signOut().then(setSession)}
            >
              Sign out
            </button>
          </p>
        )}
      </div>
      {board === null || user === undefined ? (
        <BoardMissing />
      ) : (
        <div className="columns">
          <ul className="lines" aria-label="Lines">
            {board.lines.map((line) => (
              <LineRow
                key={line.id}
                line={line}
                isFresh={latest !== null && latest.version === line.change?.version}
              >
                <Editor
                  line={line}
                  isOpen={openId === line.id}
                  onToggle={(isOpen) => setOpenId(isOpen ? line.id : null)}
                />
              </LineRow>
            ))}
          </ul>
          <ChangeLog board={board} />
        </div>
      )}
    </>
  );
}

interface EditorProps {
  readonly line: Line;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

function Editor({ line, isOpen, onToggle }: EditorProps) {
  const id = useId();
  return (
    <div className="editor">
      <button
        type="button"
        className="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => onToggle(!isOpen)}
      >
        {isOpen ? "Cancel" : "Change"}
        <span className="visually-hidden"> line {line.number}</span>
      </button>
      <div id={id}>{isOpen && <ChangeForm line={line} onDone={() => onToggle(false)} />}</div>
    </div>
  );
}
