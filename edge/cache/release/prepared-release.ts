/** A release made ready for the requests that it will answer: manifest read, keys imported, once. */

import { type ManifestView, mergeScopes, type Scope } from "../../authority/target.ts";
import { type EdgeSecrets, type EdgeState, type MizanPolicy, PROBE_CONTEXT } from "../contract.ts";
import { importKeyRing, type KeyRing, type RingEntry, RingError } from "../identity/key-ring.ts";
import type { MwtPolicy } from "../identity/verify-mwt.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { RouteTable } from "../manifest/route-table.ts";
import { PageTable } from "../pages/page-table.ts";
import { LanguageChooser } from "../read/choose-language.ts";
import type { ReadPolicy } from "../read/decide-read.ts";
import { ProtocolKeys } from "../read/protocol-key.ts";
import { RememberedReads } from "../read/remembered-reads.ts";
import { fail } from "./state-fields.ts";

export interface PreparedRelease {
  readonly state: EdgeState;
  /** null: nothing of it is cached. */
  readonly policy: PreparedPolicy | null;
  /** null: it declares none, or its manifest cannot be read. */
  readonly pages: PageTable | null;
}

export interface PreparedPolicy extends MizanPolicy {
  readonly manifest: Manifest;
  readonly routes: RouteTable;
  readonly read: ReadPolicy;
  /** What invalidations are resolved with: the manifest, and the runtime's own context. */
  readonly view: ManifestView;
  /** Contexts that any mutation affects. */
  readonly affectedByAny: Scope;
  /** The session's, `messages`, and what the config names. */
  readonly allIdentityCookies: ReadonlySet<string>;
  readonly languages: LanguageChooser | null;
  readonly edgeRing: KeyRing;
  /** null: no token is valid. */
  readonly mwt: MwtPolicy | null;
  readonly keys: ProtocolKeys;
  readonly remembered: RememberedReads;
  readonly kids: Readonly<Record<keyof EdgeSecrets, readonly string[]>>;
}

/** Of `django.contrib.messages` with cookies: what one browser has still to be told. */
const MESSAGES_COOKIE = "messages";

/** @throws {StateError} for a manifest with errors, a ring that cannot be used, a page that does not fit */
export async function prepareRelease(state: EdgeState): Promise<PreparedRelease> {
  const { live, secrets } = state;
  if (live.mizan === undefined || secrets === undefined) {
    return { state, policy: null, pages: null };
  }
  const policy = await preparePolicy(live.mizan, secrets);
  const pages = live.pages === undefined ? null : new PageTable(live.pages, policy.manifest);
  return { state, policy, pages };
}

/** @throws {StateError} */
export async function preparePolicy(
  policy: MizanPolicy,
  secrets: EdgeSecrets,
): Promise<PreparedPolicy> {
  const manifest = readManifest(policy.manifest);
  const [edgeRing, cacheRing, mwtRing] = await Promise.all([
    importRing("edge", secrets.edge),
    importRing("cache", secrets.cache),
    secrets.mwt.length === 0 ? null : importRing("mwt", secrets.mwt),
  ]);
  const { sessionCookie, identityCookies, locale, audience } = policy;
  return {
    ...policy,
    manifest,
    routes: new RouteTable(manifest),
    read: { manifest: policy.isCacheOff ? null : manifest, hosts: new Set(policy.hosts) },
    view: buildView(manifest),
    affectedByAny: [...manifest.mutations.values()].reduce<Scope>((scope, mutation) => {
      return mergeScopes(scope, mutation.affects);
    }, []),
    allIdentityCookies: new Set([sessionCookie, MESSAGES_COOKIE, ...identityCookies]),
    languages: locale === null ? null : new LanguageChooser(locale),
    edgeRing,
    mwt: mwtRing === null ? null : { ring: mwtRing, audience },
    keys: new ProtocolKeys(cacheRing.signing.key),
    remembered: new RememberedReads(),
    kids: { edge: listKids(edgeRing), cache: listKids(cacheRing), mwt: listKids(mwtRing) },
  };
}

function readManifest(raw: unknown): Manifest {
  const { manifest, problems } = parseManifest(raw);
  if (manifest !== null) return manifest;
  const errors = problems.filter(({ severity }) => severity === "error");
  const reasons = errors.map(({ path, message }) => `${path}: ${message}`);
  return fail("live.mizan.manifest", reasons.join("; "));
}

async function importRing(name: keyof EdgeSecrets, ring: readonly RingEntry[]): Promise<KeyRing> {
  try {
    return await importKeyRing(ring);
  } catch (error) {
    if (error instanceof RingError) return fail(`secrets.${name}`, error.message);
    throw error;
  }
}

function buildView({ contexts, functions }: Manifest): ManifestView {
  const probed = new Map<string, { readonly params: readonly string[] }>(contexts);
  return { contexts: probed.set(PROBE_CONTEXT.name, { params: [] }), functions };
}

function listKids(ring: KeyRing | null): readonly string[] {
  return ring?.accepted.map(({ kid }) => kid) ?? [];
}
