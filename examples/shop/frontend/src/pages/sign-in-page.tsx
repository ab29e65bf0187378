/** `/sign-in`: into an account, or to a new one. */

import { type ReactNode, useCallback, useId, useState } from "react";
import { Navigate, useLocation } from "react-router";
import { type Credentials, signIn, signUp } from "../api/accounts.ts";
import { useLanguage } from "../language.tsx";
import type { FieldErrors, RequestError } from "../mizan/request.ts";
import { useSession } from "../session.tsx";
import { useCall } from "../use-call.ts";

export function SignInPage() {
  const { words } = useLanguage();
  const { user } = useSession();
  const { state } = useLocation() as { state: { from?: string } | null }; // our own links'
  const [isNew, setIsNew] = useState(false);
  if (user) return <Navigate to={state?.from ?? "/"} replace />;
  const title = isNew ? words.signUp : words.signIn;
  return (
    <section className="narrow narrow-small">
      <title>{`${title} – Kiln Street`}</title>
      <h1>{title}</h1>
      <p className="soft">{words.accountHint}</p>
      <AccountForm key={title} title={title} isNew={isNew} />
      <p>
        {isNew ? words.haveAccount : words.noAccount}{" "}
        <button type="button" className="link-button" onClick={() => setIsNew(!isNew)}>
          {isNew ? words.signIn : words.signUp}
        </button>
      </p>
    </section>
  );
}

function AccountForm({ title, isNew }: { title: string; isNew: boolean }) {
  const { words } = useLanguage();
  const { refresh } = useSession();
  const { run, isRunning, error } = useCall<[Credentials]>(
    useCallback(
      async (fields) => {
        await (isNew ? signUp(fields) : signIn(fields));
        await refresh();
      },
      [isNew, refresh],
    ),
  );
  const fieldErrors = readFieldErrors(error);
  const hasFieldErrors = ["username", "password"].some((name) => fieldErrors[name]);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        void run({
          username: String(fields.get("username")),
          password: String(fields.get("password")),
        });
      }}
    >
      <Field label={words.userName} errors={fieldErrors["username"]}>
        {(id) => (
          <input id={id} name="username" required autoComplete="username" autoCapitalize="none" />
        )}
      </Field>
      <Field label={words.password} errors={fieldErrors["password"]}>
        {(id) => (
          <input
            id={id}
            type="password"
            name="password"
            required
            autoComplete={isNew ? "new-password" : "current-password"}
          />
        )}
      </Field>
      {error && !hasFieldErrors && (
        <p className="problem" role="alert">
          {error.message}
        </p>
      )}
      <button type="submit" className="button button-strong" disabled={isRunning}>
        {title}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly errors: readonly string[] | undefined;
  readonly children: (id: string) => ReactNode;
}

function Field({ label, errors = [], children }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {errors.length > 0 && (
        <p className="problem" role="alert">
          {errors.join(" ")}
        </p>
      )}
    </div>
  );
}

/** Only a refused form has details by field. */
function readFieldErrors(error: RequestError | null): FieldErrors {
  return error?.status === 422 ? (error.details as FieldErrors) : {}; // the accounts' own shape
}
