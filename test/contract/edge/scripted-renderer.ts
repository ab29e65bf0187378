/**
 * A renderer that does what a test says, written from `edge/render/contract.ts` and not from Render's own code.
 * By default it renders the props as JSON, once all that is late has come.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { createInterface } from "node:readline";
import {
  buildEndMark,
  type FragmentRequest,
  type LateContext,
  type PageHead,
  type PageOutcome,
  RENDER_PATH,
  type RenderFailure,
} from "../../../edge/render/contract.ts";
import type { EdgeFixture } from "./edge-fixture.ts";

export const DOCUMENT = {
  start: '<!doctype html><html><head><script type="module" src="/app.js"></script>',
  title: "<title>Shop</title>",
  middle: "</head><body>",
  end: "<footer>end</footer></body></html>",
} as const;

/** A page that the Edge asked for. */
export interface RenderQuestion {
  readonly head: PageHead;
  readonly response: ServerResponse;
  /** Those that are late, as they arrive. */
  readonly late: AsyncIterable<LateContext>;
  /** All that came, once the Edge has ended the question. */
  readonly all: Promise<readonly LateContext[]>;
  /** Sends the document up to the open root element. */
  readonly begin: () => void;
  /** Sends the end of root and document, and the mark. */
  readonly end: (outcome?: PageOutcome) => void;
  readonly fail: (status: number, error: RenderFailure["error"]) => void;
}

export type RenderScript = (question: RenderQuestion) => unknown;

const ROOT_START = '<div id="mizan-root">';

export class ScriptedRenderer {
  /** Heads of all pages so far. */
  readonly heads: PageHead[] = [];
  readonly fragments: FragmentRequest[] = [];
  /** What it does with a page. */
  script: RenderScript = renderProps;
  /** What it answers to `POST /render`; null: it fails. */
  root: ((question: FragmentRequest) => string) | null = null;
  /** Connections that the Edge broke off before their page had ended. */
  left = 0;

  async listen(fixture: EdgeFixture, socketPath: string): Promise<void> {
    await fixture.startServer(socketPath, (request, response) => {
      void this.#answer(request, response);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("close", () => {
      if (!response.writableFinished) this.left += 1;
    });
    request.on("error", () => undefined); // the Edge broke off
    const lines = createInterface({ input: request })[Symbol.asyncIterator]();
    const { value = "" } = await lines.next();
    if (request.url === RENDER_PATH.render)
      return this.#answerFragment(JSON.parse(value), response);
    const head: PageHead = JSON.parse(value);
    this.heads.push(head);
    const { late, all } = readLate(lines);
    await this.script({
      head,
      response,
      late,
      all,
      begin: () => response.write(buildStart(head)),
      end: (outcome = "complete") => {
        response.end(`</div>${DOCUMENT.end}${buildEndMark(head.nonce, outcome)}`);
      },
      fail: (status, error) => sendFailure(response, status, error),
    });
  }

  #answerFragment(question: FragmentRequest, response: ServerResponse): void {
    this.fragments.push(question);
    if (this.root !== null) response.end(this.root(question));
    else sendFailure(response, 500, buildFailure("threw"));
  }
}

export function buildFailure(
  kind: RenderFailure["error"]["kind"],
  location: string | null = null,
): RenderFailure["error"] {
  return { kind, component: "page.tsx", message: "no", location };
}

function sendFailure(
  response: ServerResponse,
  status: number,
  error: RenderFailure["error"],
): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error } satisfies RenderFailure));
}

function buildStart({ props }: PageHead): string {
  const data = `<script>window.__MIZAN_SSR_DATA__=${writeData(props)}</script>`;
  return `${DOCUMENT.start}${DOCUMENT.title}${DOCUMENT.middle}${data}${ROOT_START}`;
}

function writeData(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** @param lines after the head */
function readLate(lines: AsyncIterator<string>) {
  const seen: LateContext[] = [];
  const all = (async () => {
    for (;;) {
      const { done, value } = await lines.next();
      if (done) return seen;
      seen.push(JSON.parse(value));
    }
  })();
  const late = {
    async *[Symbol.asyncIterator]() {
      for (let index = 0; ; index += 1) {
        while (seen.length <= index) {
          const isOver = await Promise.race([all.then(() => true), pause()]);
          if (isOver && seen.length <= index) return;
        }
        const next = seen[index];
        if (next !== undefined) yield next;
      }
    },
  };
  return { all, late };
}

function pause(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), 5));
}

/** @returns what `renderProps` writes into the root */
function renderJson(head: PageHead, late: readonly LateContext[]): string {
  const text = JSON.stringify({ component: head.component, props: head.props, late });
  return `<p>${text.replaceAll("<", "&lt;")}</p>`;
}

export const renderProps: RenderScript = async ({ head, response, all, begin, end }) => {
  begin();
  response.write(renderJson(head, await all));
  end();
};
