/** `/desk`: where wardens hide, show and delete notes. */

import { useCallback, useState } from "react";
import { Link, Navigate, useSearchParams } from "react-router";
import type { RequestError } from "../api/client.ts";
import { deleteNote, fetchDesk, hideNote, type NoteSummary, signOut } from "../api/notes.ts";
import { asRequestError, useRequest } from "../api/use-request.ts";
import { CommentCount } from "../components/comment-count.tsx";
import { Day } from "../components/day.tsx";
import { Empty, Failed, Loading } from "../components/page-states.tsx";
import { Pager } from "../components/pager.tsx";
import { useSession } from "../session.tsx";

export function DeskPage() {
  const { user } = useSession();
  if (user === undefined) return <Loading what="the desk" />;
  if (user === null) return <Navigate to="/sign-in" replace />;
  return <Desk userName={user.name} />;
}

function Desk({ userName }: { userName: string }) {
  const [search] = useSearchParams();
  const query = search.toString();
  const { value, error, isLoading, reload } = useRequest(
    useCallback((signal: AbortSignal) => fetchDesk(query, signal), [query]),
  );
  return (
    <section>
      <title>Desk – Field Notes</title>
      <header className="desk-head">
        <div>
          <h1>Desk</h1>
          <p>Signed in as {userName}.</p>
        </div>
        <SignOutButton />
      </header>
      {error && <Failed error={error} onRetry={reload} />}
      {!error && !value && <Loading what="the desk" />}
      {!error && value && (
        <div aria-busy={isLoading}>
          <dl className="totals">
            <Total label="Notes" value={value.totals.notes} />
            <Total label="Comments" value={value.totals.comments} />
            <Total label="Hidden" value={value.totals.hidden} />
            <Total label="Photos in work" value={value.totals.processing} />
          </dl>
          {value.notes.length === 0 && (
            <Empty title="Nothing to do">
              <p>There are no notes yet.</p>
            </Empty>
          )}
          <ul className="desk-list">
            {value.notes.map((note) => (
              <DeskRow key={note.id} note={note} onChanged={reload} />
            ))}
          </ul>
          <Pager page={value.page} pages={value.pages} />
        </div>
      )}
    </section>
  );
}

function Total({ label, value }: { label: string; value: number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function SignOutButton() {
  const { setSession } = useSession();
  const { run, isRunning, error } = useAction(async () => setSession(await signOut()));
  return (
    <div>
      <button type="button" className="button" disabled={isRunning} onClick={run}>
        Sign out
      </button>
      {error && <p role="alert">{error.message}</p>}
    </div>
  );
}

function DeskRow({ note, onChanged }: { note: NoteSummary; onChanged: () => void }) {
  const toggle = useAction(async () => {
    await hideNote(note.id, !note.hidden);
    onChanged();
  });
  const remove = useAction(async () => {
    if (!window.confirm(`Delete “${note.title}” with its comments and photo?`)) return;
    await deleteNote(note.id);
    onChanged();
  });
  const isRunning = toggle.isRunning || remove.isRunning;
  const error = toggle.error ?? remove.error;
  return (
    <li className={note.hidden ? "is-hidden" : undefined}>
      <div>
        <Link to={`/notes/${note.id}`}>{note.title}</Link>
        <p className="eyebrow">
          {note.author} · <Day at={note.createdAt} /> · <CommentCount count={note.commentCount} />
          {note.hidden && " · hidden"}
        </p>
        {error && (
          <p className="field-errors" role="alert">
            {error.message}
          </p>
        )}
      </div>
      <div className="desk-actions">
        <button type="button" className="button" disabled={isRunning} onClick={toggle.run}>
          {note.hidden ? "Show" : "Hide"}
          <span className="visually-hidden"> {note.title}</span>
        </button>
        <button
          type="button"
          className="button button-danger"
          disabled={isRunning}
          onClick={remove.run}
        >
          Delete
          <span className="visually-hidden"> {note.title}</span>
        </button>
      </div>
    </li>
  );
}

/** A button's work: once at a time, with its failure. */
function useAction(work: () => Promise<void>) {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<RequestError | null>(null);
  async function start(): Promise<void> {
    setIsRunning(true);
    setError(null);
    try {
      await work();
    } catch (cause) {
      setError(asRequestError(cause));
    } finally {
      setIsRunning(false);
    }
  }
  return { run: () => void start(), isRunning, error };
}
