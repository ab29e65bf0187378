/** Who is signed in, and the kernel that fetches for them. */

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { flushSync } from "react-dom";
import type { GlobalBundle } from "./api/shop.ts";
import { Kernel } from "./mizan/kernel.ts";
import { request } from "./mizan/request.ts";
import { KernelProvider } from "./mizan/use-mizan.tsx";
import type { Seed } from "./mizan/wire.ts";

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

interface SessionProviderProps {
  /** What the page came with. */
  readonly seeds: readonly Seed[];
  readonly children: ReactNode;
}

export function SessionProvider({ seeds, children }: SessionProviderProps) {
  const [found] = useState(() => readSeededUser(seeds));
  const [user, setUser] = useState(found);

  const { kernel, adopt, refresh } = useMemo(() => {
    const kernel = new Kernel(() => {
      refresh().catch(report);
    });
    for (const seed of seeds) kernel.seed(seed, found && String(found.id));
    function adopt(newUser: User | null): void {
      // Whatever shows the old user's data leaves now: it must not be fetched for the new one.
      flushSync(() => setUser(undefined));
      kernel.setUser(newUser && String(newUser.id));
      setUser(newUser);
    }
    const refresh = async () => adopt(await fetchUser());
    return { kernel, adopt, refresh };
  }, [seeds, found]);

  useEffect(() => {
    // Both before anything else: the first token needs the cookie with the CSRF token.
    Promise.all([found === undefined ? fetchUser() : found, kernel.initSession()])
      .then(([first]) => {
        if (kernel.isUserKnown) return; // somebody has signed in meanwhile
        if (found === undefined) adopt(first);
        else kernel.setUser(first && String(first.id));
      })
      .catch((error: unknown) => {
        report(error);
        adopt(found ?? null);
      });
  }, [kernel, adopt, found]);

  const state = useMemo(() => ({ user, refresh }), [user, refresh]);
  return (
    <KernelProvider kernel={kernel}>
      <SessionContext value={state}>{children}</SessionContext>
    </KernelProvider>
  );
}

export const useSession = () => useContext(SessionContext);

/** Whom the page was made for; undefined: it does not say. */
function readSeededUser(seeds: readonly Seed[]): User | null | undefined {
  const seed = seeds.find(({ context }) => context === "global");
  if (seed === undefined || !("bundle" in seed) || seed.bundle instanceof Promise) return undefined;
  return readUser(seed.bundle as unknown as GlobalBundle); // the context's own shape
}

/** On the session's account, without a token: this is how we learn whose token to get. */
const fetchUser = async () => readUser(await request<GlobalBundle>("/api/mizan/ctx/global/"));

function readUser({ current_user }: GlobalBundle): User | null {
  const { id, name, is_staff } = current_user;
  return id === null ? null : { id, name, isStaff: is_staff };
}

function report(error: unknown): void {
  console.error("The session could not be read", error);
}
