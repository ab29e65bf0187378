/** Signing up, in and out: plain Django views beside Mizan's. */

import { request } from "../mizan/request.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface SessionAnswer {
  readonly user: { readonly id: number; readonly name: string } | null;
}

export const signIn = (body: Credentials) =>
  request<SessionAnswer>("/api/session/", { method: "POST", body });

export const signUp = (body: Credentials) =>
  request<SessionAnswer>("/api/accounts/", { method: "POST", body });

export const signOut = () => request<SessionAnswer>("/api/session/", { method: "DELETE" });
