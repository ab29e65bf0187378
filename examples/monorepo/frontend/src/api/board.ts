/** What the API gives and takes. */

import { request } from "./client.ts";

export const STATES = ["good", "delays", "severe", "suspended"] as const;
export type LineState = (typeof STATES)[number];

export const STATE_NAME: Readonly<Record<LineState, string>> = {
  good: "Good service",
  delays: "Minor delays",
  severe: "Severe delays",
  suspended: "Not running",
};

export interface Change {
  /** Orders all changes, without a gap. */
  readonly version: number;
  /** Id of the line. */
  readonly line: number;
  readonly state: LineState;
  readonly message: string;
  readonly author: string | null;
  /** ISO 8601. */
  readonly at: string;
}

export interface Line {
  readonly id: number;
  readonly number: string;
  readonly name: string;
  /** `#rrggbb`, dark enough for white text. */
  readonly colour: string;
  readonly state: LineState;
  /** The last one; null: nothing ever happened. */
  readonly change: Change | null;
}

export interface Board {
  /** Version of the app that answered. */
  readonly app: string;
  /** Of the newest change that the board holds. */
  readonly version: number;
  readonly lines: readonly Line[];
  /** Newest first. */
  readonly changes: readonly Change[];
}

export interface Missed {
  /** false: too much was missed, ask for the board. */
  readonly complete: boolean;
  /** Oldest first. */
  readonly changes: readonly Change[];
}

export interface Session {
  /** null: nobody is signed in. */
  readonly user: { readonly name: string } | null;
}

export interface LineUpdate {
  readonly state: LineState;
  readonly message: string;
  /** Version of the line's last change that the dispatcher has seen; 0: none. */
  readonly seen: number;
}

export const fetchBoard = (signal?: AbortSignal) => request<Board>("/api/board/", { signal });

export const fetchMissed = (after: number, signal?: AbortSignal) =>
  request<Missed>(`/api/changes/?after=${after}`, { signal });

/** @throws {RequestError} 409 with `refusal.change` when somebody else was faster */
export const updateLine = (id: number, update: LineUpdate) =>
  request<{ change: Change }>(`/api/lines/${id}/`, { method: "POST", body: update });

export const fetchSession = (signal?: AbortSignal) => request<Session>("/api/session/", { signal });

export const signIn = (name: string, password: string) =>
  request<Session>("/api/session/", { method: "POST", body: { username: name, password } });

export const signOut = () => request<Session>("/api/session/", { method: "DELETE" });
