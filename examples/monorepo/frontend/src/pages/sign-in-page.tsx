/** `/sign-in`: for dispatchers. */

import { type FormEvent, useState } from "react";
import { Navigate } from "react-router";
import { signIn } from "../api/board.ts";
import { asRequestError } from "../api/client.ts";
import { Field } from "../components/field.tsx";
import { useSession } from "../session.tsx";

export function SignInPage() {
  const { user, setSession } = useSession();
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setIsSending] = useState(false);
  if (user) return <Navigate to="/desk" replace />;

  async function send(form: FormData): Promise<void> {
    setIsSending(true);
    setProblem(null);
    try {
      setSession(await signIn(String(form.get("username")), String(form.get("password"))));
    } catch (cause) {
      const error = asRequestError(cause);
      setProblem(error.refusal.errors?.["__all__"]?.join(" ") ?? error.message);
      setIsSending(false);
    }
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (!isSending) void send(new FormData(event.currentTarget));
  }

  return (
    <section className="narrow">
      <title>Sign in – Halden Tram</title>
      <h1>Sign in</h1>
      <p>For the control room. Passengers need no account.</p>
      <form className="form" onSubmit={onSubmit}>
        <Field label="User name" errors={undefined}>
          {(attributes) => (
            <input {...attributes} name="username" required autoComplete="username" />
          )}
        </Field>
        <Field label="Password" errors={undefined}>
          {(attributes) => (
            <input
              {...attributes}
              type="password"
              name="password"
              required
              autoComplete="current-password"
            />
          )}
        </Field>
        {problem && (
          <p className="form-problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button button-strong" disabled={isSending}>
          {isSending ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </section>
  );
}
