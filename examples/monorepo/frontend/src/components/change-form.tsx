/** Says how a line runs. Whoever is slower sees what somebody else has said meanwhile, and decides anew. */

import { type FormEvent, useState } from "react";
import {
  type Change,
  type Line,
  type LineState,
  STATE_NAME,
  STATES,
  updateLine,
} from "../api/board.ts";
import { asRequestError, type RequestError } from "../api/client.ts";
import { useBoard } from "../live/use-board.tsx";
import { Field } from "./field.tsx";

const MOST_CHARACTERS = 280;

export function ChangeForm({ line, onDone }: { line: Line; onDone: () => void }) {
  const { take } = useBoard();
  /** Of the line's last change when the form was opened, or when the dispatcher was told. */
  const [seen, setSeen] = useState(line.change);
  const [error, setError] = useState<RequestError | null>(null);
  const [isSending, setIsSending] = useState(false);
  const overtaking = line.change !== null && line.change.version !== (seen?.version ?? 0);

  async function send(form: FormData): Promise<void> {
    const state = form.get("state") as LineState; // one of the radio buttons
    const message = String(form.get("message"));
    setIsSending(true);
    setError(null);
    try {
      const { change } = await updateLine(line.id, { state, message, seen: seen?.version ?? 0 });
      take(change);
      onDone();
    } catch (cause) {
      const failure = asRequestError(cause);
      setError(failure);
      if (failure.status === 409) take(failure.refusal["change"] as Change);
      setIsSending(false);
    }
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (!isSending) void send(new FormData(event.currentTarget));
  }

  return (
    <form className="form" onSubmit={onSubmit}>
      {overtaking && <Overtaken change={line.change} onSeen={() => setSeen(line.change)} />}
      <StateChoice current={line.state} />
      <Field
        label="What passengers should know"
        hint="One sentence. It may stay empty when the line runs well."
        errors={error?.refusal.errors?.["message"]}
      >
        {(attributes) => (
          <textarea {...attributes} name="message" rows={2} maxLength={MOST_CHARACTERS} />
        )}
      </Field>
      {error !== null && error.status !== 409 && error.refusal.errors === undefined && (
        <p className="form-problem" role="alert">
          {error.message}
        </p>
      )}
      <button type="submit" className="button button-strong" disabled={isSending || overtaking}>
        {isSending ? "Telling everybody…" : "Tell everybody"}
      </button>
    </form>
  );
}

function StateChoice({ current }: { current: LineState }) {
  return (
    <fieldset className="choices">
      <legend>How it runs</legend>
      {STATES.map((state) => (
        <label key={state}>
          <input type="radio" name="state" value={state} defaultChecked={state === current} />
          {STATE_NAME[state]}
        </label>
      ))}
    </fieldset>
  );
}

function Overtaken({ change, onSeen }: { change: Change | null; onSeen: () => void }) {
  if (change === null) return null;
  return (
    <div className="overtaken" role="alert">
      <p>
        {change.author ?? "Somebody"} has changed this line meanwhile:{" "}
        <strong>{STATE_NAME[change.state]}</strong>
        {change.message && ` – ${change.message}`}
      </p>
      <button type="button" className="button" onClick={onSeen}>
        I have read it, change it all the same
      </button>
    </div>
  );
}
