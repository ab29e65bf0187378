/** A note in a list. */

import { Link } from "react-router";
import type { NoteSummary } from "../api/notes.ts";
import { CommentCount } from "./comment-count.tsx";
import { Day } from "./day.tsx";
import { PhotoView } from "./photo-view.tsx";

export function NoteCard({ note }: { note: NoteSummary }) {
  return (
    <article className="card">
      {note.photo && <PhotoView photo={note.photo} alt="" variant="card" />}
      <div className="card-text">
        <p className="eyebrow">
          <Day at={note.createdAt} />
          {note.place && <> · {note.place}</>}
        </p>
        <h2>
          <Link to={`/notes/${note.id}`}>{note.title}</Link>
        </h2>
        <p className="excerpt">{note.excerpt}</p>
        <p className="card-foot">
          <span>{note.author}</span>
          <span>
            <CommentCount count={note.commentCount} />
          </span>
        </p>
      </div>
    </article>
  );
}
