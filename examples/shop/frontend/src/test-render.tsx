/** For tests: the server's half. Bundled on its own by `test-build.ts`: in one realm two Reacts would share their contexts. */

import { createElement } from "react";
import { renderToReadableStream } from "react-dom/server";
import type { PageProps } from "./mizan/page-props.ts";
import GreetingCard, { type GreetingCardProps } from "./rendered/greeting-card.tsx";
import ShopPage from "./rendered/shop-page.tsx";

/** Settles once the shell is there. Errors of parts are what the browser will see, too. */
export function openPage(props: PageProps) {
  return renderToReadableStream(createElement(ShopPage, props), { onError: () => {} });
}

/** HTML of a page, once all of it is there. */
export async function renderPage(props: PageProps): Promise<string> {
  const stream = await openPage(props);
  await stream.allReady;
  return new Response(stream).text();
}

export async function renderCard(props: GreetingCardProps): Promise<string> {
  return new Response(await renderToReadableStream(createElement(GreetingCard, props))).text();
}
