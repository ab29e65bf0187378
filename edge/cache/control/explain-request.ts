/** Says what the Edge would do with a GET at the moment, and why. Asks nobody, changes nothing. */

import type { ExplainAnswer, ExplainRequest } from "../contract.ts";
import type { RouteMatch } from "../manifest/route-table.ts";
import type { EdgeMemory } from "../memory/edge-memory.ts";
import { isPlainHost } from "../origin/forwarded-headers.ts";
import { type BypassReason, findMisfit } from "../read/decide-read.ts";
import { buildRouteName } from "../read/request-parameters.ts";
import { buildStorageKey } from "../read/storage-key.ts";
import { type CacheRead, type Understanding, understandRead } from "../read/understand-read.ts";
import { fail, parseFields, parseRecord, parseText } from "../release/state-fields.ts";
import { findBypassReason, routeRequest } from "../route-request.ts";
import { describeEntry } from "./describe-entry.ts";
import { explainPage } from "./explain-page.ts";

/** @throws {StateError} */
export function parseExplainRequest(raw: unknown): ExplainRequest {
  const fields = parseFields(raw, "explain", ["url", "headers"]);
  const headers = Object.entries(parseRecord(fields["headers"], "explain.headers"));
  const texts = headers.map(([name, value]) => [name, parseText(value, `explain.headers.${name}`)]);
  const url = parseText(fields["url"], "explain.url");
  if (!URL.canParse(url) || !isPlainHost(new URL(url).host)) fail("explain.url", "no absolute URL");
  return { url, headers: Object.fromEntries(texts) };
}

const NOTHING: ExplainAnswer = {
  rule: null,
  context: null,
  identity: null,
  tokenProblem: null,
  parameters: {},
  numbers: {},
  key: null,
  outcome: "BYPASS",
  reason: "no-rule",
  ageMs: null,
  remainingTtlMs: null,
};

export async function explainRequest(
  question: ExplainRequest,
  memory: EdgeMemory,
): Promise<ExplainAnswer> {
  const headers = new Headers(question.headers);
  const nothing = { ...NOTHING, identity: isNobody(headers) ? ("anonymous" as const) : null };
  const { live, cache } = memory;
  const url = new URL(question.url);
  if (!live) return nothing;
  const facts = { method: "GET", rawPath: url.pathname, isUpgrade: false };
  const route = routeRequest(facts, live.state, live.pages);
  if (route.to === "page")
    return explainPage({ match: route.match, url, headers }, memory, nothing);
  if (route.to !== "origin") {
    return { ...nothing, rule: "file", reason: findBypassReason(facts, route) };
  }
  const { policy } = live;
  if (policy === null || cache === null) return nothing;
  const match = policy.routes.match(url.pathname);
  const nowMs = Date.now();
  const request = {
    method: "GET",
    url,
    rawUrl: url.href,
    scheme: url.protocol === "https:" ? "https" : "http",
    host: url.host,
    headers,
    match,
    arrived: null,
  } as const;
  const understood = await understandRead(request, { policy, cache, nowMs });
  const said = { ...nothing, rule: describeRule(match), ...describeRead(understood) };
  const { read, bypass } = understood;
  if (read === null) return { ...said, reason: bypass };
  const numbers = cache.authority.getNumbers(read.questions);
  const known = {
    ...said,
    numbers: nameNumbers(read, numbers),
    key: describeKey(read, cache.authority.incarnation),
  };
  const reading = cache.authority.read(read.questions, nowMs);
  const reason: BypassReason | null = bypass ?? reading.obstacle;
  if (reason !== null || reading.obstacle !== null) return { ...known, reason };
  const entry = cache.entries.peek(buildStorageKey(read.subject, reading), nowMs);
  const misfit = entry === null ? null : findMisfit(entry, headers, policy.sessionCookie);
  if (misfit !== null) return { ...known, reason: misfit };
  return { ...known, ...describeEntry(entry, nowMs) };
}

/** A cookie or header may tell who asks, whether the cache looks at it or not. */
function isNobody(headers: Headers): boolean {
  return !["x-mizan-token", "authorization", "cookie"].some((name) => headers.has(name));
}

function describeRule(match: RouteMatch | null): string | null {
  if (match === null) return null;
  if (match.kind === "context" || match.kind === "page") return buildRouteName(match);
  if (match.kind === "call") return "call";
  return `mutation ${match.mutations.map(({ name }) => name).join(" | ")}`;
}

function describeRead({ arrived, token, read }: Understanding): Partial<ExplainAnswer> {
  if (arrived === null) return {};
  const { concerns } = arrived;
  const parameters = concerns.flatMap((concern) => [...concern.parameters]);
  return {
    context: concerns.map(({ context }) => context.name).join(", "),
    ...(read === null ? {} : { identity: read.token === null ? "anonymous" : "token" }),
    tokenProblem: token === null || token.ok ? null : token.reason,
    parameters: Object.fromEntries(parameters),
  };
}

function nameNumbers({ questions }: CacheRead, numbers: readonly number[]) {
  const named = questions.map(({ context }, index) => [context, numbers[index] ?? 0] as const);
  return Object.fromEntries(named);
}

/** Its MACs say nothing to a reader; what they are made of stands in parameters and identity. */
function describeKey(
  { subject, claims }: CacheRead,
  incarnation: string,
): Record<string, string | null> {
  const { kind, scheme, host, page, language, buildId } = subject;
  const permissions = claims === null ? null : `staff ${claims.staff}, super ${claims.super}`;
  return {
    kind,
    origin: `${scheme}://${host}`,
    path: page?.rawPath ?? null,
    user: claims?.sub ?? null,
    permissions,
    language,
    build: buildId,
    incarnation,
  };
}
