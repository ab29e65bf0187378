/** A request as component state: loading, failed, or there. */

import { useCallback, useEffect, useState } from "react";
import { RequestError } from "./client.ts";

export interface RequestState<T> {
  /** The newest answer; kept while the next one is under way. */
  readonly value: T | null;
  readonly error: RequestError | null;
  readonly isLoading: boolean;
  /** Ask again. */
  readonly reload: () => void;
}

/** Runs `load` when the component appears and whenever `load` changes: wrap it in `useCallback`. */
export function useRequest<T>(load: (signal: AbortSignal) => Promise<T>): RequestState<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [isLoading, setIsLoading] = useState(true);
  const [attempt, setAttempt] = useState(0);

  // `attempt` is there to run it again.
  useEffect(() => {
    const controller = new AbortController();
    setIsLoading(true);
    load(controller.signal).then(
      (answer) => {
        if (controller.signal.aborted) return;
        setValue(answer);
        setError(null);
        setIsLoading(false);
      },
      (cause: unknown) => {
        if (controller.signal.aborted) return;
        setError(asRequestError(cause));
        setIsLoading(false);
      },
    );
    return () => controller.abort();
  }, [load, attempt]);

  const reload = useCallback(() => setAttempt((count) => count + 1), []);
  return { value, error, isLoading, reload };
}

/** A failure as one that can be shown. */
export function asRequestError(cause: unknown): RequestError {
  if (cause instanceof RequestError) return cause;
  console.error(cause);
  return new RequestError(0, "Something went wrong in this page. Please reload it.");
}
