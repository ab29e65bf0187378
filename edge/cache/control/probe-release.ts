/** Asks a release that is not live, as if it were: the runtime's own context through the cache (7). */

import { buildCacheStatus, buildOutcomeMark, type Outcome } from "../answer/cache-status.ts";
import {
  INVALIDATE_PATH,
  PROBE_CONTEXT,
  type ProbeAnswer,
  type ProbeRequest,
} from "../contract.ts";
import { type Env, getOrigin } from "../env.ts";
import { type MwtClaims, verifyMwt } from "../identity/verify-mwt.ts";
import type { CacheMemory } from "../memory/cache-memory.ts";
import type { EdgeMemory } from "../memory/edge-memory.ts";
import { SIGNATURE_HEADER, takeInvalidation } from "../mutation/invalidate-endpoint.ts";
import { askOrigin } from "../origin/ask-origin.ts";
import { readWrote, setIntent } from "../origin/edge-wire.ts";
import { buildAnswerHeaders } from "../origin/forwarded-headers.ts";
import { buildStoredHeaders, findStoreRefusal } from "../read/decide-store.ts";
import type { Entry } from "../read/entry-store.ts";
import { buildReducedHeaders } from "../read/reduced-request.ts";
import { parseSlot } from "../release/parse-edge-state.ts";
import { parsePolicy, parseSecrets } from "../release/parse-policy.ts";
import { type PreparedPolicy, preparePolicy } from "../release/prepared-release.ts";
import { fail, parseFields, parseRecord, parseText } from "../release/state-fields.ts";

/** An undone release's entries are asked for by nobody, and end soon. */
const PROBE_TTL_MS = 60_000;

/** @throws {StateError} */
export function parseProbe(raw: unknown): ProbeRequest {
  const names = ["release", "slot", "mizan", "secrets", "method", "path", "headers", "body"];
  const fields = parseFields(raw, "probe", names);
  const { method, path, body } = fields;
  if (method !== "GET" && method !== "POST") fail("probe.method", "not GET or POST");
  if (path !== PROBE_CONTEXT.path && path !== INVALIDATE_PATH) fail("probe.path", "not probed");
  const headers = Object.entries(parseRecord(fields["headers"], "probe.headers"));
  return {
    release: parseText(fields["release"], "probe.release"),
    slot: parseSlot(fields["slot"], "probe.slot"),
    mizan: parsePolicy(fields["mizan"], "probe.mizan"),
    secrets: parseSecrets(fields["secrets"], "probe.secrets"),
    method: method === "POST" ? "POST" : "GET",
    path: String(path),
    headers: Object.fromEntries(
      headers.map(([name, value]) => [name, parseText(value, `probe.headers.${name}`)]),
    ),
    body: typeof body === "string" ? body : fail("probe.body", "not a text"),
  };
}

/** @throws {StateError} for a manifest or a ring that cannot be used: that is a finding, too */
export async function probeRelease(
  probe: ProbeRequest,
  env: Env,
  { cache }: EdgeMemory,
): Promise<ProbeAnswer> {
  if (cache === null) return fail("probe", "this process caches nothing");
  const policy = await preparePolicy(probe.mizan, probe.secrets);
  if (probe.path === INVALIDATE_PATH) return invalidate(probe, policy, cache);
  return readProbeContext(probe, env, { policy, cache });
}

async function invalidate(
  probe: ProbeRequest,
  policy: PreparedPolicy,
  cache: CacheMemory,
): Promise<ProbeAnswer> {
  const signature = probe.headers[SIGNATURE_HEADER] ?? null;
  const read = async () => new Uint8Array(await new Blob([probe.body]).arrayBuffer());
  const { status, text } = await takeInvalidation(read, signature, { policy, cache });
  return { status, headers: {}, body: text, isWireVerified: false };
}

interface ProbeParts {
  readonly policy: PreparedPolicy;
  readonly cache: CacheMemory;
}

/** Exempt from quarantine and holds; the release is in the key. */
async function readProbeContext(
  probe: ProbeRequest,
  env: Env,
  { policy, cache }: ProbeParts,
): Promise<ProbeAnswer> {
  const token = probe.headers["x-mizan-token"] ?? null;
  const identity = token === null ? null : await verify(token, policy);
  const isRefused = token !== null && identity === null;
  const { authority } = cache;
  const question = { context: PROBE_CONTEXT.name, params: [], values: {} };
  const [number] = authority.getNumbers([question]);
  const key = JSON.stringify(["probe", authority.incarnation, probe.release, number, identity]);
  const entry = isRefused ? null : cache.entries.get(key, Date.now());
  if (entry !== null) return answerFrom(entry);
  const { response, askedAtMs, isWireVerified } = await ask(probe, env, policy);
  const refusal = findStoreRefusal({
    kind: "context",
    method: "GET",
    status: response.status,
    headers: response.headers,
    isResolvedAsMatched: true,
    isWithinLag: false,
  });
  const body = new Uint8Array(await response.arrayBuffer());
  const headers = buildStoredHeaders(buildAnswerHeaders(response.headers, "http"));
  const isStored = !isRefused && refusal === null;
  if (isStored)
    cache.entries.put(key, {
      headers,
      body,
      askedAtMs,
      ttlMs: PROBE_TTL_MS,
      varyNames: [],
      readsSession: false,
    });
  const outcome: Outcome = isRefused
    ? { kind: "bypass", reason: "token-invalid" }
    : { kind: "miss", notStored: refusal, originStatus: response.status, isCollapsed: false };
  return build(response.status, { headers, body }, outcome, isWireVerified);
}

async function verify(token: string, { mwt }: PreparedPolicy): Promise<MwtClaims | null> {
  if (mwt === null) return null;
  const result = await verifyMwt(token, mwt, Date.now());
  return result.ok ? result.claims : null;
}

async function ask(
  { slot, mizan, headers: asked, path }: ProbeRequest,
  env: Env,
  policy: PreparedPolicy,
) {
  const host = mizan.hosts[0] ?? "localhost";
  const url = new URL(path, `http://${host}`);
  const token = asked["x-mizan-token"] ?? null;
  const headers = new Headers(
    buildReducedHeaders({
      kind: "context",
      scheme: "http",
      host,
      token,
      pseudonym: null,
      languageHeader: null,
    }),
  );
  const id = crypto.randomUUID();
  await setIntent(headers, policy, {
    method: "GET",
    url: url.href,
    mode: "read",
    id,
    deadlineMs: null,
  });
  const answer = await askOrigin({
    origin: getOrigin(env, slot),
    build: () => new Request(url.href, { headers, redirect: "manual" }),
    isRepeatable: true,
  });
  if (answer === null) return fail("probe", "the origin does not answer");
  const wrote = await readWrote(answer.response, policy, id);
  return { ...answer, isWireVerified: wrote !== null };
}

function answerFrom(entry: Entry): ProbeAnswer {
  const remainingTtlMs = entry.askedAtMs + entry.ttlMs - Date.now();
  return build(200, entry, { kind: "hit", remainingTtlMs }, true);
}

function build(
  status: number,
  { headers, body }: Pick<Entry, "headers" | "body">,
  outcome: Outcome,
  isWireVerified: boolean,
): ProbeAnswer {
  const marks = {
    "x-mizan-edge": buildOutcomeMark(outcome),
    "cache-status": buildCacheStatus(outcome),
  };
  const named = { ...Object.fromEntries(headers), ...marks };
  return { status, headers: named, body: new TextDecoder().decode(body), isWireVerified };
}
