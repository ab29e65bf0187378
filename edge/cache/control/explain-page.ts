/** Explains what a GET of a declared page would be now, and why. Asks nobody, changes nothing. */

import type { ExplainAnswer } from "../contract.ts";
import type { EdgeMemory } from "../memory/edge-memory.ts";
import { buildArrivedPage } from "../pages/arrived-page.ts";
import type { PageMatch } from "../pages/page-table.ts";
import { type PageRead, understandPage } from "../pages/understand-page.ts";
import { findStorageKey } from "../read/known-keys.ts";
import { describeEntry } from "./describe-entry.ts";

export interface PageQuestion {
  readonly match: PageMatch;
  readonly url: URL;
  readonly headers: Headers;
}

/** @param nothing what is known of the request alone */
export async function explainPage(
  { match, url, headers }: PageQuestion,
  { live, cache }: EdgeMemory,
  nothing: ExplainAnswer,
): Promise<ExplainAnswer> {
  const policy = live?.policy ?? null;
  if (policy === null) return nothing;
  const nowMs = Date.now();
  const page = buildArrivedPage(match, url);
  const scheme = url.protocol === "https:" ? "https" : "http";
  const request = { page, scheme, host: url.host, headers } as const;
  const { bypass, read, language } = await understandPage(request, { policy, cache, nowMs });
  const said = {
    ...nothing,
    rule: `declared page ${match.page.pattern}`,
    context: match.page.contexts.map(({ name }) => name).join(", ") || null,
    parameters: page.params,
  };
  if (read === null || cache === null) return { ...said, reason: bypass };
  const { component, pattern } = match.page;
  const numbers = cache.authority.getNumbers(read.questions);
  const known = {
    ...said,
    identity: "anonymous" as const,
    numbers: nameNumbers(read, numbers),
    key: {
      kind: "declared page",
      origin: `${scheme}://${url.host}`,
      path: page.path,
      pattern,
      component,
      language,
      build: policy.buildId,
      incarnation: cache.authority.incarnation,
    },
  };
  const reading = cache.authority.read(read.questions, nowMs);
  if (bypass !== null) return { ...known, reason: bypass };
  if (reading.obstacle !== null) return { ...known, reason: reading.obstacle };
  const entry = cache.entries.peek(findStorageKey(read, reading), nowMs);
  return { ...known, ...describeEntry(entry, nowMs) };
}

function nameNumbers({ contexts }: PageRead, numbers: readonly number[]) {
  return Object.fromEntries(contexts.map((name, index) => [name, numbers[index] ?? 0] as const));
}
