/** Which requests are mutations of the manifest, how they are to be read, and what they affect. Pure. */

import { mergeScopes, type Scope } from "../../authority/target.ts";
import type { Manifest, ManifestMutation } from "../manifest/manifest.ts";
import type { RouteMatch } from "../manifest/route-table.ts";

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
  // Django answers HEAD by what is declared for GET.
  const declared = method === "HEAD" ? ["HEAD", "GET"] : [method];
  const isDeclared = mutations.some(({ methods }) => declared.some((one) => methods.includes(one)));
  return isDeclared || !SAFE_METHODS.has(method) ? { kind: "route", mutations } : null;
}

/**
 * Its function is not read, even where the Edge has the whole body.
 * @param contentType value of `Content-Type`; null: none
 */
export function isMultipart(contentType: string | null): boolean {
  return contentType?.trim().toLowerCase().startsWith("multipart/") ?? false;
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
