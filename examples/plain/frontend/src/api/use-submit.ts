/** Sending a form: one request at a time, with the messages of its fields. */

import { type FormEvent, useState } from "react";
import type { FieldErrors, RequestError } from "./client.ts";
import { asRequestError } from "./use-request.ts";

export interface Submit {
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  readonly isSending: boolean;
  /** A message about the form as a whole. */
  readonly problem: string | null;
  readonly fieldErrors: FieldErrors;
}

/** `send` gets the fields; `onDone` gets the answer and the form, for instance to empty it. */
export function useSubmit<T>(
  send: (fields: FormData) => Promise<T>,
  onDone: (answer: T, form: HTMLFormElement) => void,
): Submit {
  const [isSending, setIsSending] = useState(false);
  const [error, setError] = useState<RequestError | null>(null);

  async function submit(form: HTMLFormElement): Promise<void> {
    setIsSending(true);
    setError(null);
    try {
      onDone(await send(readFields(form)), form);
    } catch (cause) {
      setError(asRequestError(cause));
    } finally {
      setIsSending(false);
    }
  }

  return {
    onSubmit: (event) => {
      event.preventDefault();
      if (!isSending) void submit(event.currentTarget);
    },
    isSending,
    problem: error && (error.fieldErrors["__all__"]?.join(" ") ?? error.message),
    fieldErrors: error?.fieldErrors ?? {},
  };
}

/** The form's fields; a file field without a file sends an empty file, which is left out. */
function readFields(form: HTMLFormElement): FormData {
  const fields = new FormData(form);
  for (const [name, value] of [...fields]) {
    if (value instanceof File && value.size === 0) fields.delete(name);
  }
  return fields;
}
