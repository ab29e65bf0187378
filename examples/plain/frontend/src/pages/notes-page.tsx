/** `/`: all notes, newest first, with search, tags and pages. */

import { useCallback } from "react";
import { Link, useSearchParams } from "react-router";
import { fetchNotes, fetchTags } from "../api/notes.ts";
import { useRequest } from "../api/use-request.ts";
import { NoteCard } from "../components/note-card.tsx";
import { Empty, Failed, Loading } from "../components/page-states.tsx";
import { Pager } from "../components/pager.tsx";

export function NotesPage() {
  const [search] = useSearchParams();
  const query = search.toString();
  const { value, error, isLoading, reload } = useRequest(
    useCallback((signal: AbortSignal) => fetchNotes(query, signal), [query]),
  );
  return (
    <>
      <title>Field Notes</title>
      <section className="intro">
        <div>
          <h1>What did you see today?</h1>
          <p>Notes of visitors to the Alder Valley reserve: birds, tracks, fungi, weather.</p>
        </div>
        <Link className="button button-strong" to="/notes/new">
          Write a note
        </Link>
      </section>
      <SearchBar key={search.get("q")} />
      {error && <Failed error={error} onRetry={reload} />}
      {!error && !value && <Loading what="the notes" />}
      {!error && value && value.notes.length === 0 && <NoNotes isFiltered={query !== ""} />}
      {!error && value && value.notes.length > 0 && (
        <div className="results" aria-busy={isLoading}>
          <div className="cards">
            {value.notes.map((note) => (
              <NoteCard key={note.id} note={note} />
            ))}
          </div>
          <Pager page={value.page} pages={value.pages} />
        </div>
      )}
    </>
  );
}

function NoNotes({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="Nothing found">
        <p>
          No note fits. <Link to="/">Show all notes</Link>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No notes yet">
      <p>
        The notebook is empty. <Link to="/notes/new">Write the first note</Link>
      </p>
    </Empty>
  );
}

function SearchBar() {
  const [search, setSearch] = useSearchParams();
  const { value } = useRequest(fetchTags);
  const activeTag = search.get("tag");

  function submit(fields: FormData): void {
    const query = new URLSearchParams();
    const text = String(fields.get("q")).trim();
    if (text) query.set("q", text);
    if (activeTag) query.set("tag", activeTag);
    setSearch(query);
  }

  return (
    <search className="search-bar">
      <form action={submit}>
        <input
          type="search"
          name="q"
          aria-label="Search in notes"
          placeholder="Search in notes"
          maxLength={100}
          defaultValue={search.get("q") ?? ""}
        />
        <button type="submit" className="button">
          Search
        </button>
      </form>
      {value && value.tags.length > 0 && (
        <ul className="tags" aria-label="Tags">
          {value.tags.map(({ name, noteCount }) => (
            <li key={name}>
              <Link
                className="tag"
                to={linkToTag(name === activeTag ? null : name, search.get("q"))}
                aria-current={name === activeTag ? "true" : undefined}
              >
                {name} <span className="tag-count">{noteCount}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}

/** Address of the list with this tag, or with none; a search stays. */
function linkToTag(tag: string | null, text: string | null): string {
  const query = new URLSearchParams();
  if (text) query.set("q", text);
  if (tag) query.set("tag", tag);
  return `/?${query}`;
}
