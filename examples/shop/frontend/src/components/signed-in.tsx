/** A page for those who are signed in; the others are sent to the sign-in and back. */

import type { ReactNode } from "react";
import { Navigate, useLocation } from "react-router";
import { type User, useSession } from "../session.tsx";
import { Loading } from "./page-states.tsx";

export function SignedIn({ children }: { children: (user: User) => ReactNode }) {
  const { user } = useSession();
  const { pathname } = useLocation();
  if (user === undefined) return <Loading />;
  if (user === null) return <Navigate to="/sign-in" replace state={{ from: pathname }} />;
  return children(user);
}
