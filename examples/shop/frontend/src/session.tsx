/** Who is signed in, and the kernel that fetches for them. */

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { flushSync } from "react-dom";
import type { GlobalBundle } from "./api/shop.ts";
import { Kernel } from "./mizan/kernel.ts";
import { request } from "./mizan/request.ts";
import { KernelProvider } from "./mizan/use-mizan.tsx";

export interface User {
  readonly id: number;
  readonly name: string;
  readonly isStaff: boolean;
}

interface SessionState {
  /** undefined: not known yet. */
  readonly user: User | null | undefined;
  /** Asks again who is there; after signing in or out. */
  readonly refresh: () => Promise<void>;
}

const SessionContext = createContext<SessionState>({ user: undefined, refresh: async () => {} });

export function SessionProvider({ children }: { children: ReactNode }) {
  const [user, setUser] = useState<User | null | undefined>(undefined);

  const { kernel, adopt, refresh } = useMemo(() => {
    const kernel = new Kernel(() => {
      refresh().catch(report);
    });
    function adopt(newUser: User | null): void {
      // Whatever shows the old user's data leaves now: it must not be fetched for the new one.
      flushSync(() => setUser(undefined));
      kernel.setUser(newUser && String(newUser.id));
      setUser(newUser);
    }
    const refresh = async () => adopt(await fetchUser());
    return { kernel, adopt, refresh };
  }, []);

  useEffect(() => {
    // Both before anything else: the first token needs the cookie with the CSRF token.
    Promise.all([fetchUser(), kernel.initSession()])
      .then(([found]) => adopt(found))
      .catch((error: unknown) => {
        report(error);
        adopt(null);
      });
  }, [kernel, adopt]);

  const state = useMemo(() => ({ user, refresh }), [user, refresh]);
  return (
    <KernelProvider kernel={kernel}>
      <SessionContext value={state}>{children}</SessionContext>
    </KernelProvider>
  );
}

export const useSession = () => useContext(SessionContext);

/** On the session's account, without a token: this is how we learn whose token to get. */
async function fetchUser(): Promise<User | null> {
  const { current_user } = await request<GlobalBundle>("/api/mizan/ctx/global/");
  const { id, name, is_staff } = current_user;
  return id === null ? null : { id, name, isStaff: is_staff };
}

function report(error: unknown): void {
  console.error("The session could not be read", error);
}
