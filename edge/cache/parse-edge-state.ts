/** Reads what was pushed over the control socket: unknown → `EdgeState`, nothing taken on trust. */

import {
  type Asset,
  type AssetTable,
  type EdgeRelease,
  type EdgeState,
  SLOT_COUNT,
} from "./contract.ts";

/** The reason names the place: `live.assets["/a.css"].sha256: not a SHA-256`. */
export class StateError extends Error {
  override readonly name = "StateError";
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws {StateError} with the first thing that is wrong */
export function parseEdgeState(raw: unknown): EdgeState {
  const fields = parseFields(raw, "state", ["version", "live", "kept"]);
  if (fields["version"] !== 1) fail("version", "not 1");
  if (!Array.isArray(fields["kept"])) fail("kept", "not a list");
  return {
    version: 1,
    live: parseRelease(fields["live"]),
    kept: fields["kept"].map((table, index) => parseTable(table, `kept[${index}]`)),
  };
}

function parseRelease(raw: unknown): EdgeRelease {
  const fields = parseFields(raw, "live", [
    "release",
    "slot",
    "assets",
    "fallback",
    "djangoServesRoot",
    "mediaPrefix",
  ]);
  const assets = parseTable(fields["assets"], "live.assets");
  return {
    release: parseText(fields["release"], "live.release"),
    slot: parseSlot(fields["slot"]),
    assets,
    fallback: parseFallback(fields["fallback"], assets),
    djangoServesRoot: parseBoolean(fields["djangoServesRoot"], "live.djangoServesRoot"),
    mediaPrefix: parseMediaPrefix(fields["mediaPrefix"]),
  };
}

function parseSlot(raw: unknown): number {
  if (typeof raw === "number" && Number.isInteger(raw) && raw >= 0 && raw < SLOT_COUNT) return raw;
  return fail("live.slot", `not a whole number from 0 to ${SLOT_COUNT - 1}`);
}

function parseFallback(raw: unknown, assets: AssetTable): string | null {
  if (raw === null) return null;
  if (typeof raw === "string" && Object.hasOwn(assets, raw)) return raw;
  return fail("live.fallback", "not null and not a path of live.assets");
}

function parseMediaPrefix(raw: unknown): string | null {
  if (raw === null) return null;
  // `/` itself would take every path from the app.
  if (typeof raw === "string" && /^\/.*[^/]\/$/.test(raw)) return raw;
  return fail("live.mediaPrefix", "not null and not a path like /media/");
}

function parseTable(raw: unknown, at: string): AssetTable {
  const table: Record<string, Asset> = Object.create(null);
  for (const [path, asset] of Object.entries(parseRecord(raw, at))) {
    const place = `${at}[${JSON.stringify(path)}]`;
    if (!path.startsWith("/")) fail(place, "a path starts with /");
    table[path] = parseAsset(asset, place);
  }
  return table;
}

function parseAsset(raw: unknown, at: string): Asset {
  const fields = parseFields(raw, at, ["sha256", "contentType", "sizeBytes", "immutable"]);
  const { sha256, contentType, sizeBytes } = fields;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    return fail(`${at}.sha256`, "not a SHA-256 in lower-case hex");
  }
  if (typeof contentType !== "string" || !/^[\x20-\x7e]+$/.test(contentType)) {
    return fail(`${at}.contentType`, "not a content type");
  }
  if (typeof sizeBytes !== "number" || !Number.isInteger(sizeBytes) || sizeBytes < 0) {
    return fail(`${at}.sizeBytes`, "not a size");
  }
  const immutable = parseBoolean(fields["immutable"], `${at}.immutable`);
  return { sha256, contentType, sizeBytes, immutable };
}

function parseText(raw: unknown, at: string): string {
  return typeof raw === "string" && raw !== "" ? raw : fail(at, "not a text");
}

function parseBoolean(raw: unknown, at: string): boolean {
  return typeof raw === "boolean" ? raw : fail(at, "not true or false");
}

function parseFields(raw: unknown, at: string, names: readonly string[]): Fields {
  const fields = parseRecord(raw, at);
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) fail(at, `unknown field ${JSON.stringify(unknown)}`);
  const missing = names.find((name) => !Object.hasOwn(fields, name));
  if (missing !== undefined) fail(at, `no field ${JSON.stringify(missing)}`);
  return fields;
}

function parseRecord(raw: unknown, at: string): Fields {
  const isRecord = typeof raw === "object" && raw !== null && !Array.isArray(raw);
  return isRecord ? (raw as Fields) : fail(at, "not an object");
}

function fail(at: string, reason: string): never {
  throw new StateError(`${at}: ${reason}`);
}
