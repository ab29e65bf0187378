/** `/notes/new`: the form for a note with a photo. */

import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { createNote } from "../api/notes.ts";
import { useSubmit } from "../api/use-submit.ts";
import { Field } from "../components/field.tsx";

export function NewNotePage() {
  const navigate = useNavigate();
  const { onSubmit, isSending, problem, fieldErrors } = useSubmit(createNote, (note) => {
    void navigate(`/notes/${note.id}`);
  });
  return (
    <section className="narrow">
      <title>Write a note – Field Notes</title>
      <h1>Write a note</h1>
      <form className="form" onSubmit={onSubmit}>
        <Field label="Title" errors={fieldErrors["title"]}>
          {(attributes) => <input {...attributes} name="title" required maxLength={120} />}
        </Field>
        <Field label="What did you see?" errors={fieldErrors["body"]}>
          {(attributes) => (
            <textarea {...attributes} name="body" required maxLength={5000} rows={8} />
          )}
        </Field>
        <div className="field-row">
          <Field label="Your name" errors={fieldErrors["author"]}>
            {(attributes) => (
              <input {...attributes} name="author" required maxLength={60} autoComplete="name" />
            )}
          </Field>
          <Field label="Place (optional)" errors={fieldErrors["place"]}>
            {(attributes) => <input {...attributes} name="place" maxLength={80} />}
          </Field>
        </div>
        <Field
          label="Tags (optional)"
          hint="Up to six, with commas: birds, water"
          errors={fieldErrors["tags"]}
        >
          {(attributes) => <input {...attributes} name="tags" maxLength={200} />}
        </Field>
        <PhotoField errors={fieldErrors["photo"]} />
        {problem && (
          <p className="form-problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button button-strong" disabled={isSending}>
          {isSending ? "Sending…" : "Publish the note"}
        </button>
      </form>
    </section>
  );
}

function PhotoField({ errors }: { errors: readonly string[] | undefined }) {
  const [file, setFile] = useState<File | null>(null);
  const [previewUrl, setPreviewUrl] = useState<string | null>(null);

  useEffect(() => {
    if (!file) {
      setPreviewUrl(null);
      return;
    }
    const url = URL.createObjectURL(file);
    setPreviewUrl(url);
    return () => URL.revokeObjectURL(url);
  }, [file]);

  return (
    <Field label="Photo (optional)" hint="JPEG, PNG or WebP, at most 8 MB" errors={errors}>
      {(attributes) => (
        <>
          <input
            {...attributes}
            type="file"
            name="photo"
            accept="image/jpeg,image/png,image/webp"
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
          />
          {previewUrl && <img className="preview" src={previewUrl} alt="Preview of your choice" />}
        </>
      )}
    </Field>
  );
}
