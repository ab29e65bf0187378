/** The comments of a note and the form for one more. */

import { createComment, type NoteComment } from "../api/notes.ts";
import { useSubmit } from "../api/use-submit.ts";
import { Day } from "./day.tsx";
import { Field } from "./field.tsx";

interface CommentsProps {
  readonly noteId: number;
  readonly comments: readonly NoteComment[];
  readonly onAdded: (comment: NoteComment) => void;
}

export function Comments({ noteId, comments, onAdded }: CommentsProps) {
  return (
    <section className="comments" aria-labelledby="comments-title">
      <h2 id="comments-title">{comments.length === 0 ? "No comments yet" : "Comments"}</h2>
      <ul>
        {comments.map((comment) => (
          <li key={comment.id}>
            <p className="eyebrow">
              {comment.author} · <Day at={comment.createdAt} />
            </p>
            <p>{comment.body}</p>
          </li>
        ))}
      </ul>
      <CommentForm noteId={noteId} onAdded={onAdded} />
    </section>
  );
}

function CommentForm({ noteId, onAdded }: Omit<CommentsProps, "comments">) {
  const { onSubmit, isSending, problem, fieldErrors } = useSubmit(
    (fields) => createComment(noteId, fields),
    (comment, form) => {
      form.reset();
      onAdded(comment);
    },
  );
  return (
    <form className="form" onSubmit={onSubmit}>
      <h3>Add a comment</h3>
      <Field label="Your name" errors={fieldErrors["author"]}>
        {(attributes) => (
          <input {...attributes} name="author" required maxLength={60} autoComplete="name" />
        )}
      </Field>
      <Field label="Comment" errors={fieldErrors["body"]}>
        {(attributes) => (
          <textarea {...attributes} name="body" required maxLength={1000} rows={3} />
        )}
      </Field>
      {problem && (
        <p className="form-problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" className="button" disabled={isSending}>
        {isSending ? "Sending…" : "Add the comment"}
      </button>
    </form>
  );
}
