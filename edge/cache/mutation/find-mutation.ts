/** Which requests are mutations of the manifest, how they are to be read, and what they affect. Pure. */

import { mergeScopes, type Scope } from "../../authority/target.ts";
import type { Manifest, ManifestMutation } from "../manifest/manifest.ts";
import type { RouteMatch } from "../manifest/route-table.ts";

/** Larger bodies are streamed, without an intent. */
export const LARGEST_BODY_BYTES = 256 * 1024;

export type MutationRoute =
  /** `<base>call/`: the body names the function. */
  | { readonly kind: "call" }
  | { readonly kind: "route"; readonly mutations: readonly ManifestMutation[] };

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** @returns null: no request that could change what the manifest says mutations change */
export function findMutation(match: RouteMatch | null, method: string): MutationRoute | null {
  if (match?.kind === "call") return method === "POST" ? { kind: "call" } : null;
  if (match?.kind !== "mutation") return null;
  const { mutations } = match;
  // A method that is safe by its name is one only if no function of the route is declared for it.
  const isDeclared = mutations.some(({ methods }) => methods.includes(method));
  return isDeclared || !SAFE_METHODS.has(method) ? { kind: "route", mutations } : null;
}

export interface BodyFacts {
  readonly hasBody: boolean;
  /** Of `Content-Length`; null: none. */
  readonly lengthBytes: number | null;
  /** Value of `Content-Type`; null: none. */
  readonly contentType: string | null;
}

/** @returns bytes to be read before the intent is made; null: an upload, to be streamed */
export function findBufferedBytes({ hasBody, lengthBytes, contentType }: BodyFacts): number | null {
  if (contentType?.trim().toLowerCase().startsWith("multipart/")) return null;
  if (!hasBody) return 0;
  if (lengthBytes === null || lengthBytes > LARGEST_BODY_BYTES) return null;
  return lengthBytes;
}

export function findRouteScope(mutations: readonly ManifestMutation[]): Scope {
  return mutations.reduce<Scope>((scope, { affects }) => mergeScopes(scope, affects), []);
}

/**
 * @param affectedByAny what a body that cannot be read may affect: the app may read it otherwise
 * @returns empty: the function is no mutation of the manifest
 */
export function findCallScope(
  body: Uint8Array,
  { mutations }: Manifest,
  affectedByAny: Scope,
): Scope {
  const call = parseCall(body);
  if (call === null) return affectedByAny;
  // Either key may be the one that the app reads (protocol 2.2).
  return [call["fn"], call["function"]].reduce<Scope>((scope, name) => {
    const mutation = typeof name === "string" ? mutations.get(name) : undefined;
    return mergeScopes(scope, mutation?.affects ?? []);
  }, []);
}

/** @returns null: no JSON object in UTF-8 */
function parseCall(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const call: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body),
    );
    const isRecord = typeof call === "object" && call !== null && !Array.isArray(call);
    return isRecord ? (call as Readonly<Record<string, unknown>>) : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
