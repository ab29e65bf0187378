/** `/notes/:id`: one note, its photo and its comments. */

import { useCallback, useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { fetchNote, type Note, type NoteComment } from "../api/notes.ts";
import { useRequest } from "../api/use-request.ts";
import { Comments } from "../components/comments.tsx";
import { Day } from "../components/day.tsx";
import { Failed, Loading } from "../components/page-states.tsx";
import { PhotoView } from "../components/photo-view.tsx";
import { NotFoundPage } from "./not-found-page.tsx";

const FIRST_POLL_MS = 700;
const SLOWEST_POLL_MS = 8000;

export function NotePage() {
  const { id = "" } = useParams();
  const noteId = Number(id);
  if (!Number.isSafeInteger(noteId) || noteId < 1) return <NotFoundPage />;
  // A key of its own: nothing of one note is shown with the next one.
  return <LoadedNote key={noteId} noteId={noteId} />;
}

function LoadedNote({ noteId }: { noteId: number }) {
  const { value, error, reload } = useRequest(
    useCallback((signal: AbortSignal) => fetchNote(noteId, signal), [noteId]),
  );
  usePolling(value?.photo?.state === "processing", reload);
  if (!value && error?.status === 404) return <NotFoundPage />;
  if (!value && error) return <Failed error={error} onRetry={reload} />;
  if (!value) return <Loading what="the note" />;
  return <NoteView note={value} />;
}

/** Calls `poll` while `isWaiting`, at first often and then ever more slowly. */
function usePolling(isWaiting: boolean, poll: () => void): void {
  useEffect(() => {
    if (!isWaiting) return;
    let delayMs = FIRST_POLL_MS;
    let timer = setTimeout(tick, delayMs);
    function tick() {
      poll();
      delayMs = Math.min(delayMs * 1.5, SLOWEST_POLL_MS);
      timer = setTimeout(tick, delayMs);
    }
    return () => clearTimeout(timer);
  }, [isWaiting, poll]);
}

function NoteView({ note }: { note: Note }) {
  const [added, setAdded] = useState<readonly NoteComment[]>([]);
  const known = new Set(note.comments.map((comment) => comment.id));
  const comments = [...note.comments, ...added.filter((comment) => !known.has(comment.id))];
  return (
    <article className="note">
      <title>{`${note.title} – Field Notes`}</title>
      <p>
        <Link to="/">← All notes</Link>
      </p>
      {note.hidden && <p className="banner">Hidden: only wardens see this note.</p>}
      <header>
        <p className="eyebrow">
          <Day at={note.createdAt} />
          {note.place && <> · {note.place}</>}
        </p>
        <h1>{note.title}</h1>
        <p className="byline">
          by {note.author} · {note.wordCount === 1 ? "1 word" : `${note.wordCount} words`}
        </p>
      </header>
      {note.photo && (
        <PhotoView
          photo={note.photo}
          alt={`Photo by ${note.author}: ${note.title}`}
          variant="page"
        />
      )}
      <div className="note-body">{note.body}</div>
      {note.tags.length > 0 && (
        <ul className="tags" aria-label="Tags">
          {note.tags.map((tag) => (
            <li key={tag}>
              <Link className="tag" to={`/?tag=${encodeURIComponent(tag)}`}>
                {tag}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Comments
        noteId={note.id}
        comments={comments}
        onAdded={(comment) => setAdded((before) => [...before, comment])}
      />
    </article>
  );
}
