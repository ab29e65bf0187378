/** A mutation from a button: whether it runs, is done, or what went wrong. */

import { useCallback, useState } from "react";
import { asRequestError } from "./mizan/kernel.ts";
import type { RequestError } from "./mizan/request.ts";

export interface Call<Args extends readonly unknown[]> {
  readonly run: (...args: Args) => Promise<void>;
  readonly isRunning: boolean;
  readonly isDone: boolean;
  readonly error: RequestError | null;
}

/** Wrap `perform` in `useCallback`. */
export function useCall<Args extends readonly unknown[] = []>(
  perform: (...args: Args) => Promise<unknown>,
): Call<Args> {
  const [isRunning, setIsRunning] = useState(false);
  const [isDone, setIsDone] = useState(false);
  const [error, setError] = useState<RequestError | null>(null);
  const run = useCallback(
    async (...args: Args) => {
      setIsRunning(true);
      setIsDone(false);
      setError(null);
      try {
        await perform(...args);
        setIsDone(true);
      } catch (cause) {
        setError(asRequestError(cause));
      } finally {
        setIsRunning(false);
      }
    },
    [perform],
  );
  return { run, isRunning, isDone, error };
}
