/** What Render, the SSR server and bare react-dom are all asked: the catalog, as a page and as a fragment. */

import { type FragmentRequest, type PageHead, RENDER_PATH } from "../../../edge/render/contract.ts";
import { CATALOG_COMPONENT } from "./bundle-pages.ts";
import { buildCatalog } from "./catalog-data.ts";

export interface Question {
  readonly path: string;
  readonly body: string;
}

const props: PageHead["props"] = {
  path: "/catalog",
  params: {},
  language: "en",
  contexts: { catalog: buildCatalog() },
};
const head: PageHead = {
  component: CATALOG_COMPONENT,
  nonce: "bench-0123456789abcdef",
  props,
  late: [],
};
const fragment: FragmentRequest = { component: CATALOG_COMPONENT, props: { ...props } };

/** Nothing is late. */
export const PAGE_QUESTION: Question = {
  path: RENDER_PATH.page,
  body: `${JSON.stringify(head)}\n`,
};
export const FRAGMENT_QUESTION: Question = {
  path: RENDER_PATH.render,
  body: JSON.stringify(fragment),
};

/** @throws for anything but 200 */
export async function askText(port: number, path: string, body: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return text;
}
