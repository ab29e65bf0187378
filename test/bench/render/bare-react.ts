/**
 * What Render and the SSR server are measured against: the same questions answered by react-dom alone.
 * Reads the request, renders, puts the same document or fragment around: no limits, no late contexts,
 * no look at what the component did.
 */

import { createElement } from "react";
import { renderToReadableStream, renderToString } from "react-dom/server";
import type { FragmentRequest, PageHead, PageProps } from "../../../edge/render/contract.ts";
import { DATA_GLOBAL, RENDER_PATH, ROOT_ID } from "../../../edge/render/contract.ts";
import { DOCUMENT } from "./bench-document.ts";
import CatalogPage from "./components/catalog.tsx";

const HEADERS = { "content-type": "text/html; charset=utf-8" };
const encoder = new TextEncoder();

/** `POST /page` and `POST /render`, for the catalog alone. */
export async function answerStreaming(request: Request): Promise<Response> {
  const { props, before, after } = await readQuestion(request);
  const html = await renderToReadableStream(createElement(CatalogPage, props));
  return new Response(surround(html, encoder.encode(before), encoder.encode(after)), {
    headers: HEADERS,
  });
}

/** The same in one piece. */
export async function answerWhole(request: Request): Promise<Response> {
  const { props, before, after } = await readQuestion(request);
  const html = renderToString(createElement(CatalogPage, props));
  return new Response(before + html + after, { headers: HEADERS });
}

interface Question {
  readonly props: PageProps;
  readonly before: string;
  readonly after: string;
}

async function readQuestion(request: Request): Promise<Question> {
  const isPage = new URL(request.url).pathname === RENDER_PATH.page;
  const body = await request.text();
  const { props }: PageHead | FragmentRequest = JSON.parse(isPage ? readFirstLine(body) : body);
  const json = JSON.stringify(props).replace(/[<>&\u2028\u2029]/g, escapeCharacter);
  const payload = `<script>window.${DATA_GLOBAL}=${json}</script>`;
  const root = `<div id="${ROOT_ID}">`;
  const { start, middle, end } = DOCUMENT;
  return {
    props: props as PageProps, // of the bench
    before: isPage ? `${start}${middle}${payload}${root}` : root,
    after: isPage ? `</div>${end}` : `</div>${payload}`,
  };
}

function readFirstLine(body: string): string {
  const end = body.indexOf("\n");
  return end === -1 ? body : body.slice(0, end);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function surround(
  html: ReadableStream<Uint8Array>,
  before: Uint8Array,
  after: Uint8Array,
): ReadableStream<Uint8Array> {
  const reader = html.getReader();
  return new ReadableStream({
    start: (controller) => controller.enqueue(before),
    async pull(controller) {
      const { done, value } = await reader.read();
      controller.enqueue(done ? after : value);
      if (done) controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
