/** Reads what was pushed over the control socket: unknown → `EdgeState`, nothing taken on trust. */

import {
  type Asset,
  type AssetTable,
  type EdgeRelease,
  type EdgeState,
  SLOT_COUNT,
} from "../contract.ts";
import { parsePages } from "../pages/parse-pages.ts";
import { parsePolicy, parseSecrets } from "./parse-policy.ts";
import {
  fail,
  parseBoolean,
  parseFields,
  parseNumber,
  parseRecord,
  parseText,
} from "./state-fields.ts";

/** @throws {StateError} with the first thing that is wrong */
export function parseEdgeState(raw: unknown): EdgeState {
  const fields = parseFields(raw, "state", ["version", "live", "kept"], ["secrets"]);
  if (fields["version"] !== 1) fail("version", "not 1");
  if (!Array.isArray(fields["kept"])) fail("kept", "not a list");
  const { secrets } = fields;
  const live = parseRelease(fields["live"]);
  if (live.mizan !== undefined && secrets === undefined) fail("secrets", "missing");
  return {
    version: 1,
    live,
    kept: fields["kept"].map((table, index) => parseTable(table, `kept[${index}]`)),
    ...(secrets === undefined ? {} : { secrets: parseSecrets(secrets, "secrets") }),
  };
}

function parseRelease(raw: unknown): EdgeRelease {
  const required = ["release", "slot", "assets", "fallback", "djangoServesRoot", "mediaPrefix"];
  const fields = parseFields(raw, "live", required, ["mizan", "streamsAtOnce", "pages"]);
  const { mizan, streamsAtOnce, pages } = fields;
  if (pages !== undefined && mizan === undefined) fail("live.pages", "without live.mizan");
  const assets = parseTable(fields["assets"], "live.assets");
  return {
    release: parseText(fields["release"], "live.release"),
    slot: parseSlot(fields["slot"], "live.slot"),
    assets,
    fallback: parseFallback(fields["fallback"], assets),
    djangoServesRoot: parseBoolean(fields["djangoServesRoot"], "live.djangoServesRoot"),
    mediaPrefix: parseMediaPrefix(fields["mediaPrefix"]),
    ...(streamsAtOnce === undefined
      ? {}
      : { streamsAtOnce: parseNumber(streamsAtOnce, "live.streamsAtOnce") }),
    ...(mizan === undefined ? {} : { mizan: parsePolicy(mizan, "live.mizan") }),
    ...(pages === undefined ? {} : { pages: parsePages(pages, "live.pages") }),
  };
}

export function parseSlot(raw: unknown, at: string): number {
  if (typeof raw === "number" && Number.isInteger(raw) && raw >= 0 && raw < SLOT_COUNT) return raw;
  return fail(at, `not a whole number from 0 to ${SLOT_COUNT - 1}`);
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
