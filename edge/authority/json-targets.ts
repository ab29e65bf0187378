/** Reads targets out of JSON: `invalidate` and `merge` of a call's answer, and out-of-band messages. Pure. */

import type { Target, Targets } from "./target.ts";

/**
 * Targets that a `call` answer names: `invalidate`, and the contexts that `merge` changes, since
 * the browser that merged is the only one that has the new value.
 * @param answer parsed JSON of the origin's answer, untrusted
 * @returns null: not the protocol's envelope, so nobody knows what it names
 */
export function parseCallTargets(answer: unknown): Targets | null {
  const envelope = asRecord(answer);
  if (envelope === null) return null;
  const invalidated = parseTargetList(envelope["invalidate"] ?? []);
  const merged = parseTargetList(envelope["merge"] ?? []);
  if (invalidated === null || merged === null) return null;
  return [...invalidated, ...merged];
}

/** Targets as `protocol.md` 3.1 has them, or `"*"`; null: something else. */
export function parseTargets(raw: unknown): Targets | null {
  return raw === "*" ? "*" : parseTargetList(raw);
}

function parseTargetList(raw: unknown): readonly Target[] | null {
  if (!Array.isArray(raw)) return null;
  const targets: Target[] = [];
  for (const element of raw) {
    const parsed = parseTarget(element);
    if (parsed === null) return null;
    targets.push(...parsed);
  }
  return targets;
}

/** A name, `{context, params?}` or `{function, params?}`; other keys (`slot`, `value`) say nothing here. */
function parseTarget(raw: unknown): readonly Target[] | null {
  if (typeof raw === "string") return [{ name: raw, values: new Map() }];
  const record = asRecord(raw);
  if (record === null) return null;
  const names = [record["context"], record["function"]].filter((name) => name !== undefined);
  const values = parseValues(record["params"] ?? {});
  if (names.length === 0 || values === null) return null;
  const targets = names.map((name) => (typeof name === "string" ? { name, values } : null));
  return targets.every((target) => target !== null) ? targets : null;
}

function parseValues(raw: unknown): ReadonlyMap<string, string | null> | null {
  const params = asRecord(raw);
  if (params === null) return null;
  return new Map(Object.entries(params).map(([param, value]) => [param, toText(value)]));
}

/** Numbers beyond 2^53 have lost digits by now. */
function toText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
}

function asRecord(raw: unknown): Readonly<Record<string, unknown>> | null {
  const isRecord = typeof raw === "object" && raw !== null && !Array.isArray(raw);
  return isRecord ? (raw as Readonly<Record<string, unknown>>) : null;
}
