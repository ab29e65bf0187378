/** Makes of an answer what is kept of it, but its body. */

import { buildAnswerHeaders } from "../origin/forwarded-headers.ts";
import type { Wrote } from "../origin/sign-headers.ts";
import type { PreparedPolicy } from "../release/prepared-release.ts";
import { listUncoveredNames } from "./decide-repeat.ts";
import { buildStoredHeaders, computeTtlMs } from "./decide-store.ts";
import type { Entry } from "./entry-store.ts";
import type { Concern } from "./request-parameters.ts";

export interface KeptAnswer {
  readonly response: { readonly headers: Headers };
  /** When the origin was asked. */
  readonly askedAtMs: number;
  readonly scheme: "http" | "https";
  readonly concerns: readonly Concern[];
  /** null: not known, so whatever it would say is assumed. */
  readonly wrote: Pick<Wrote, "sessionReadByView"> | null;
}

export function buildEntry(
  { response, askedAtMs, scheme, concerns, wrote }: KeptAnswer,
  { ttlCapSeconds, languages }: Pick<PreparedPolicy, "ttlCapSeconds" | "languages">,
): Omit<Entry, "body"> {
  const contexts = concerns.map(({ context }) => context);
  return {
    headers: buildStoredHeaders(buildAnswerHeaders(response.headers, scheme)),
    askedAtMs,
    ttlMs: computeTtlMs(contexts, ttlCapSeconds),
    varyNames: listUncoveredNames(response.headers.get("vary"), languages !== null),
    readsSession: wrote?.sessionReadByView ?? true,
  };
}
