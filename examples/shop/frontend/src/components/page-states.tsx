/** What a page shows while it has nothing else to show. */

import type { ReactNode } from "react";
import { Link } from "react-router";
import { useLanguage } from "../language.tsx";
import type { RequestError } from "../mizan/request.ts";

export function Loading() {
  const { words } = useLanguage();
  return (
    <p className="state" role="status">
      <span className="spinner" aria-hidden="true" /> {words.loading}
    </p>
  );
}

export function Failed({ error, onRetry }: { error: RequestError; onRetry: () => void }) {
  const { words } = useLanguage();
  return (
    <div className="state" role="alert">
      <p>{error.message}</p>
      <button type="button" className="button" onClick={onRetry}>
        {words.tryAgain}
      </button>
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  const { words } = useLanguage();
  return (
    <div className="state">
      <h2>{children}</h2>
      <Link className="button" to="/">
        {words.toShop}
      </Link>
    </div>
  );
}
