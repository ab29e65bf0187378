/** Decides who answers a request: a file, the fallback document, the origin or the Edge itself. Pure. */

import type { Asset, AssetTable, EdgeState } from "./contract.ts";
import { buildMediaPath, decodePath, isInternalPath } from "./files/request-path.ts";
import type { PageMatch, PageTable } from "./pages/page-table.ts";
import type { BypassReason } from "./read/decide-read.ts";

export interface RequestFacts {
  readonly method: string;
  /** Percent-encoded path of the parsed URL. */
  readonly rawPath: string;
  readonly isUpgrade: boolean;
}

export type Route =
  | { readonly to: "asset"; readonly asset: Asset }
  /** Percent-encoded path inside the media folder. */
  | { readonly to: "media"; readonly path: string }
  | { readonly to: "page"; readonly match: PageMatch }
  | { readonly to: "origin" }
  | { readonly to: "not-found"; readonly isStatic: boolean }
  | { readonly to: "method-not-allowed" };

/** @param pages null: the release declares none */
export function routeRequest(
  facts: RequestFacts,
  state: EdgeState,
  pages: Pick<PageTable, "match"> | null,
): Route {
  if (isInternalPath(facts.rawPath)) return { to: "not-found", isStatic: false };
  if (facts.isUpgrade) return { to: "origin" };
  const path = decodePath(facts.rawPath);
  const { live } = state;
  const isRead = facts.method === "GET" || facts.method === "HEAD";
  const asset = isRead && path !== null ? findAsset(path, state) : null;
  if (asset !== null) return { to: "asset", asset };
  if (live.mediaPrefix !== null && path?.startsWith(live.mediaPrefix)) {
    return isRead ? routeMedia(path, live.mediaPrefix) : { to: "method-not-allowed" };
  }
  const match = isRead ? pages?.match(facts.rawPath) : null;
  if (match) return { to: "page", match };
  if (isRead && facts.rawPath === "/" && !live.djangoServesRoot) {
    const document = findFallback(state);
    if (document !== null) return { to: "asset", asset: document };
  }
  return { to: "origin" };
}

/** What `X-Mizan-Edge` says where no manifest is concerned: the first reason that applies. */
export function findBypassReason(facts: RequestFacts, route: Route): BypassReason {
  if (facts.isUpgrade) return "upgrade";
  const isFile = route.to === "asset" || route.to === "media" || route.to === "method-not-allowed";
  if (isFile || (route.to === "not-found" && route.isStatic)) return "static";
  return facts.method === "GET" || facts.method === "HEAD" ? "no-rule" : "method";
}

/** Live files first: a kept release answers only for what the live one does not have. */
function findAsset(path: string, { live, kept }: EdgeState): Asset | null {
  for (const table of [live.assets, ...kept]) {
    const asset = getAsset(table, path);
    if (asset !== null) return asset;
  }
  return null;
}

export function findFallback({ live }: EdgeState): Asset | null {
  return live.fallback === null ? null : getAsset(live.assets, live.fallback);
}

function getAsset(table: AssetTable, path: string): Asset | null {
  // Own keys only: a request for `/constructor` must not find what every object has.
  return Object.hasOwn(table, path) ? (table[path] ?? null) : null;
}

function routeMedia(path: string, prefix: string): Route {
  const mediaPath = buildMediaPath(path, prefix);
  return mediaPath === null
    ? { to: "not-found", isStatic: true }
    : { to: "media", path: mediaPath };
}

/** The browser asks for a page to show, not for data or a part of a page. */
export function isNavigation(method: string, headers: Headers): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  if (headers.get("sec-fetch-mode") === "navigate") return true;
  return headers.get("accept")?.includes("text/html") ?? false;
}
