/** Heads of pages for tests, and what a page is read with. */

import type { PageHead } from "../../../edge/render/contract.ts";

export const NONCE = "nonce-0123456789abcdef";

export function buildHead(
  component: string,
  contexts: Readonly<Record<string, unknown>> = {},
  late: readonly string[] = [],
): PageHead {
  const props = { path: "/products/7", params: { product_id: "7" }, language: "de", contexts };
  return { component, nonce: NONCE, props, late };
}

/** The value of the payload's script, and where the script ends. */
export function parsePayload(html: string): unknown {
  const [, json] = /<script>window\.__MIZAN_SSR_DATA__=(.*?)<\/script>/s.exec(html) ?? [];
  if (json === undefined) throw new Error(`no payload in ${html}`);
  return JSON.parse(json);
}
