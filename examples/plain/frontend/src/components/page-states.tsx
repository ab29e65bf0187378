/** What a page shows while it has nothing else to show. */

import type { ReactNode } from "react";
import type { RequestError } from "../api/client.ts";

export function Loading({ what }: { what: string }) {
  return (
    <p className="state" role="status">
      <span className="spinner" aria-hidden="true" /> Loading {what}…
    </p>
  );
}

export function Failed({ error, onRetry }: { error: RequestError; onRetry: () => void }) {
  return (
    <div className="state" role="alert">
      <p>{error.message}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
