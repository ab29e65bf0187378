/** `/sign-in`: for the wardens of the reserve. */

import { Navigate } from "react-router";
import { signIn } from "../api/notes.ts";
import { useSubmit } from "../api/use-submit.ts";
import { Field } from "../components/field.tsx";
import { useSession } from "../session.tsx";

export function SignInPage() {
  const { user, setSession } = useSession();
  const { onSubmit, isSending, problem, fieldErrors } = useSubmit(signIn, setSession);
  if (user) return <Navigate to="/desk" replace />;
  return (
    <section className="narrow narrow-small">
      <title>Sign in – Field Notes</title>
      <h1>Sign in</h1>
      <p>For wardens. To write a note or a comment you need no account.</p>
      <form className="form" onSubmit={onSubmit}>
        <Field label="User name" errors={fieldErrors["username"]}>
          {(attributes) => (
            <input
              {...attributes}
              name="username"
              required
              autoComplete="username"
              autoCapitalize="none"
            />
          )}
        </Field>
        <Field label="Password" errors={fieldErrors["password"]}>
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
