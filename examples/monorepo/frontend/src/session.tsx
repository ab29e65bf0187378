/** Who is signed in, for every page. */

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { fetchSession, type Session } from "./api/board.ts";

interface SessionState {
  /** undefined: not known yet. */
  readonly user: Session["user"] | undefined;
  readonly setSession: (session: Session) => void;
}

const SessionContext = createContext<SessionState>({ user: undefined, setSession: () => {} });

export function SessionProvider({ children }: { children: ReactNode }) {
  const [user, setUser] = useState<Session["user"] | undefined>(undefined);

  useEffect(() => {
    const controller = new AbortController();
    // The answer also sets the cookie with the CSRF token that the first write needs.
    fetchSession(controller.signal).then(
      (session) => setUser(session.user),
      (error: unknown) => {
        if (controller.signal.aborted) return;
        console.error("The session could not be read", error);
        setUser(null);
      },
    );
    return () => controller.abort();
  }, []);

  const state = useMemo(
    () => ({ user, setSession: (session: Session) => setUser(session.user) }),
    [user],
  );
  return <SessionContext value={state}>{children}</SessionContext>;
}

export const useSession = () => useContext(SessionContext);
