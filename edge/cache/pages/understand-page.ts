/** Works out who asks for a declared page, and whether it and its contexts may come from the cache. Asks nobody. */

import type { Question } from "../../authority/numbers.ts";
import type { CacheMemory } from "../memory/cache-memory.ts";
import { type BypassReason, findFirstReason, listCookieNames } from "../read/decide-read.ts";
import type { LastingRead } from "../read/known-keys.ts";
import {
  type CacheRead,
  chooseLanguage,
  findNeeds,
  understandRead,
} from "../read/understand-read.ts";
import type { PreparedPolicy } from "../release/prepared-release.ts";
import type { ArrivedPage, AskedContext } from "./arrived-page.ts";
import { buildPageKey } from "./page-key.ts";

/** A page whose contexts may all come from the cache. The same for all that ask the same. */
export interface PageRead extends LastingRead {
  /** Of its contexts, in their order. */
  readonly reads: readonly CacheRead[];
  /** One per context. */
  readonly questions: readonly Question[];
  /** Names, in the same order. */
  readonly contexts: readonly string[];
}

export interface UnderstoodContext {
  /** null: it may come from the cache, if its numbers say so. */
  readonly bypass: BypassReason | null;
  /** null: it has no key. */
  readonly read: CacheRead | null;
}

export interface UnderstoodPage {
  /** null: it may come from the cache, and `read` is there. */
  readonly bypass: BypassReason | null;
  readonly read: PageRead | null;
  /** In the order of the page's. */
  readonly contexts: readonly UnderstoodContext[];
  /** null: the app does not choose by language. */
  readonly language: string | null;
}

/** A request for a page as far as it depends on it. */
export interface PageRequest {
  readonly page: ArrivedPage;
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly headers: Pick<Headers, "get" | "has">;
}

export interface PageSurroundings {
  readonly policy: PreparedPolicy;
  /** null: this process caches nothing. */
  readonly cache: CacheMemory | null;
  readonly nowMs: number;
}

/** Django knows a hundred languages: what is remembered of one address must not grow with them. */
const MOST_LANGUAGES = 4;

/** At once where all is known already, as for reads. */
export function understandPage(
  request: PageRequest,
  surroundings: PageSurroundings,
): UnderstoodPage | Promise<UnderstoodPage> {
  const { page, headers } = request;
  const { policy, cache, nowMs } = surroundings;
  const cookie = headers.get("cookie");
  const cookieNames = listCookieNames(cookie);
  const language = chooseLanguage(cookie, headers, policy)?.code ?? null;
  if (cache === null) return bypassAll(page, "no-rule", language);
  const refusal = findRefusal(request, cookieNames, policy);
  if (refusal !== null) return bypassAll(page, refusal, language);
  const known = page.known.get(language ?? "");
  if (known === undefined) {
    return understandContexts(request, { policy, cache, nowMs }, language);
  }
  const reads = known.read?.reads ?? [];
  const needs = reads.map((read) => findNeeds(read, cookieNames, request, { cache, nowMs }));
  if (needs.every((need) => need === null)) return known;
  const contexts = reads.map((read, index) => ({ bypass: needs[index] ?? null, read }));
  return build(known.read, contexts, language);
}

/** What concerns the page as a whole, its contexts included. */
function findRefusal(
  { headers, host }: PageRequest,
  cookieNames: ReadonlySet<string>,
  { read, allIdentityCookies }: PreparedPolicy,
): BypassReason | null {
  if (read.manifest === null) return "cache-off";
  if (!read.hosts.has(host)) return "host";
  // No navigation has one, not even of ours: what varies by it alone is the same for all that share it.
  if (headers.has("origin")) return "origin-header";
  // A navigation carries no token. Who sends one gets the page made for it, and made anew.
  if (headers.has("x-mizan-token") || headers.has("authorization")) return "credentials";
  for (const name of cookieNames) if (allIdentityCookies.has(name)) return "credentials";
  return null;
}

function bypassAll(
  { contexts }: ArrivedPage,
  bypass: BypassReason,
  language: string | null,
): UnderstoodPage {
  return { bypass, read: null, contexts: contexts.map(() => ({ bypass, read: null })), language };
}

function build(
  read: PageRead | null,
  contexts: readonly UnderstoodContext[],
  language: string | null,
): UnderstoodPage {
  const bypass = findFirstReason(contexts.map((context) => context.bypass));
  return { bypass, read, contexts, language };
}

async function understandContexts(
  request: PageRequest,
  surroundings: PageSurroundings & { readonly cache: CacheMemory },
  language: string | null,
): Promise<UnderstoodPage> {
  const { page } = request;
  const contexts = await Promise.all(
    page.contexts.map((asked) => understandContext(asked, request, surroundings)),
  );
  const reads = contexts.flatMap(({ read }) => (read === null ? [] : [read]));
  if (reads.length < contexts.length) return build(null, contexts, language);
  const read = buildPageRead(request, reads, { language, buildId: surroundings.policy.buildId });
  const without = reads.map((one) => ({ bypass: null, read: one }));
  if (page.known.size >= MOST_LANGUAGES) page.known.clear();
  page.known.set(language ?? "", build(read, without, language));
  return build(read, contexts, language);
}

/** As a GET of its own would be understood. */
async function understandContext(
  { declared, url }: AskedContext,
  { scheme, host, headers }: PageRequest,
  surroundings: PageSurroundings & { readonly cache: CacheMemory },
): Promise<UnderstoodContext> {
  const match = { kind: "context", context: declared.name } as const;
  const question = { method: "GET", url, rawUrl: url.href, scheme, host, headers, match } as const;
  const { bypass, read } = await understandRead({ ...question, arrived: null }, surroundings);
  return { bypass, read };
}

function buildPageRead(
  { page, scheme, host }: PageRequest,
  reads: readonly CacheRead[],
  facts: { readonly language: string | null; readonly buildId: string },
): PageRead {
  const { pattern, component } = page.page;
  const { path, params } = page;
  const protocolKeys = reads.flatMap(({ subject }) => subject.protocolKeys);
  return {
    lastingKey: buildPageKey({
      scheme,
      host,
      pattern,
      path,
      params,
      component,
      protocolKeys,
      ...facts,
    }),
    reads,
    questions: reads.flatMap(({ questions }) => questions),
    contexts: page.contexts.map(({ declared }) => declared.name),
  };
}
