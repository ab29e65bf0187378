/** What the API gives and takes. */

import { request } from "./client.ts";

export interface Photo {
  readonly state: "processing" | "ready" | "failed";
  readonly url: string;
  readonly thumbnailUrl: string | null;
}

export interface NoteSummary {
  readonly id: number;
  readonly title: string;
  readonly excerpt: string;
  readonly place: string;
  readonly author: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly wordCount: number;
  readonly tags: readonly string[];
  readonly commentCount: number;
  readonly hidden: boolean;
  readonly photo: Photo | null;
}

export interface NoteComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: string;
}

export interface Note extends NoteSummary {
  readonly body: string;
  readonly comments: readonly NoteComment[];
}

export interface NotePage {
  readonly notes: readonly NoteSummary[];
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly count: number;
}

export interface DeskPage extends NotePage {
  readonly totals: {
    readonly notes: number;
    readonly hidden: number;
    readonly processing: number;
    readonly comments: number;
  };
}

export interface TagCount {
  readonly name: string;
  readonly noteCount: number;
}

export interface Session {
  /** null: nobody is signed in. */
  readonly user: { readonly name: string } | null;
}

/** `search` is a query without `?`: `page`, `q`, `tag`. */
export const fetchNotes = (search: string, signal?: AbortSignal) =>
  request<NotePage>(`/api/notes/?${search}`, { signal });

export const fetchNote = (id: number, signal?: AbortSignal) =>
  request<Note>(`/api/notes/${id}/`, { signal });

/** `form` has title, body, place, author, tags and, if there is one, photo. */
export const createNote = (form: FormData) =>
  request<Note>("/api/notes/", { method: "POST", body: form });

export const createComment = (noteId: number, form: FormData) =>
  request<NoteComment>(`/api/notes/${noteId}/comments/`, { method: "POST", body: form });

export const hideNote = (id: number, hidden: boolean) =>
  request<NoteSummary>(`/api/notes/${id}/`, { method: "PATCH", body: { hidden } });

export const deleteNote = (id: number) =>
  request<object>(`/api/notes/${id}/`, { method: "DELETE" });

export const fetchTags = (signal?: AbortSignal) =>
  request<{ tags: readonly TagCount[] }>("/api/tags/", { signal });

export const fetchDesk = (search: string, signal?: AbortSignal) =>
  request<DeskPage>(`/api/desk/?${search}`, { signal });

export const fetchSession = (signal?: AbortSignal) => request<Session>("/api/session/", { signal });

export const signIn = (form: FormData) =>
  request<Session>("/api/session/", { method: "POST", body: form });

export const signOut = () => request<Session>("/api/session/", { method: "DELETE" });
