/** Has a page rendered: by Render, else by the SSR server, else by the browser. Each step below is logged. */

import { RENDER_LIMIT, RENDER_PATH } from "../../render/contract.ts";
import type { EdgePages } from "../contract.ts";
import { type Env, findRenderer } from "../env.ts";
import { readBody } from "../origin/read-body.ts";
import { startTimer } from "../origin/start-timer.ts";
import { askRenderer, type Renderer } from "./ask-renderer.ts";
import type { ContextAnswer, LateAnswer, PageContent, RenderedBy } from "./page-content.ts";
import { type BegunPage, type PageStream, streamPage, type Verdict } from "./page-stream.ts";
import { buildRecovery } from "./recover-page.ts";
import { buildPayloadScript, buildShellEnd, buildShellStart } from "./shell-document.ts";
import { logStep, type StepFailure } from "./step-failure.ts";

export interface RenderPageOptions {
  readonly env: Env;
  readonly slot: number;
  readonly document: EdgePages["document"];
  readonly content: PageContent;
  /** Keeps what is under way at work when the answer has left. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

export interface RenderedPage extends PageStream {
  readonly by: RenderedBy;
}

/** Never rejects, and never gives a page without an end. */
export async function renderPage(options: RenderPageOptions): Promise<RenderedPage> {
  const { env, slot, content, waitUntil } = options;
  const { renderedBy } = content.page;
  const steps = renderedBy === "render" ? (["render", "ssr"] as const) : (["ssr"] as const);
  for (const by of steps) {
    // New for each question: what one renderer wrote cannot end what another writes.
    const nonce = crypto.randomUUID();
    const answer = await askRenderer(findRenderer(env, by, slot), content, nonce, waitUntil);
    if (!("failure" in answer)) return pass(options, answer, { by, nonce });
    log(content, by === "render" ? "ssr" : "shell", answer.failure);
  }
  return createShell(options);
}

/** The renderer ends a page that takes longer; then little is left to be sent. */
const LONGEST_PAGE_MS = RENDER_LIMIT.pageMs + 2000;

interface Step {
  readonly by: "render" | "ssr";
  readonly nonce: string;
}

function pass(options: RenderPageOptions, page: BegunPage, { by, nonce }: Step): RenderedPage {
  const stream = streamPage({
    page,
    nonce,
    documentEnd: options.document.end,
    recover: () => recover(options, by),
    timeoutMs: LONGEST_PAGE_MS,
  });
  return { ...stream, by };
}

const CUT_OFF: StepFailure = { kind: "cut-off", message: "the page has no end", location: null };

const encoder = new TextEncoder();

/** The page was begun and has no end. What it lacks is rendered by the SSR server once more, whole, or by the browser. */
async function recover(options: RenderPageOptions, by: "render" | "ssr"): Promise<Uint8Array> {
  const { content, document } = options;
  const [rootHtml, late] = await Promise.all([
    by === "render" ? renderRoot(options) : null,
    settleLate(content.late),
  ]);
  log(content, rootHtml === null ? "shell" : "ssr", CUT_OFF, true);
  return encoder.encode(buildRecovery(rootHtml, buildPayloadScript(content, late), document.end));
}

/** It may not be waited for as long as for a page: the half that is there stands still. */
const LONGEST_ROOT_MS = RENDER_LIMIT.shellMs + 1000;

/**
 * A page with late contexts is left to the browser: a component takes those as promises, which a fragment's
 * request does not know.
 * @returns null: the SSR server does not do it either
 */
async function renderRoot({ env, slot, content }: RenderPageOptions): Promise<string | null> {
  if (content.late.length > 0) return null;
  const timer = startTimer(LONGEST_ROOT_MS);
  const root = await Promise.race([
    askForRoot(findRenderer(env, "ssr", slot), content),
    timer.rang,
  ]);
  timer.stop();
  return root ?? null;
}

async function askForRoot(
  renderer: Renderer | null,
  { component, props }: PageContent,
): Promise<string | null> {
  if (renderer === null) return null;
  try {
    const response = await renderer.fetch(
      new Request(`http://render${RENDER_PATH.render}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: `{"component":${JSON.stringify(component)},"props":${props},"output":"inner"}`,
      }),
    );
    const limits = { maxBytes: RENDER_LIMIT.htmlBytes, timeoutMs: LONGEST_ROOT_MS };
    const body =
      response.body === null
        ? "broken"
        : await readBody(response.body, { ...limits, admit: () => true });
    if (response.status !== 200 || typeof body === "string") return null;
    return new TextDecoder().decode(body);
  } catch {
    return null; // it gave no answer; `log` says what came of it
  }
}

/** Late contexts are waited for as long as a renderer would. */
const LONGEST_LATE_MS = RENDER_LIMIT.pageMs;

const NOT_THERE: ContextAnswer = { error: { status: 0, code: "" }, setCookies: [], guards: [] };

function settleLate(late: readonly LateAnswer[]) {
  const timer = startTimer(LONGEST_LATE_MS);
  const settled = late.map(async ({ name, arrival }) => {
    return [name, (await Promise.race([arrival, timer.rang])) ?? NOT_THERE] as const;
  });
  return Promise.all(settled).finally(timer.stop);
}

/** Ends no earlier than what it shows: until then its late contexts may arrive. */
export function createShell({ document, content }: RenderPageOptions): RenderedPage {
  const { late } = content;
  const start = encoder.encode(buildShellStart(document));
  let settle: (verdict: Verdict) => void = () => {};
  const verdict = new Promise<Verdict>((resolve) => {
    settle = resolve;
  });
  const readable = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(start),
      async pull(controller) {
        const settled = await settleLate(late);
        const payload = buildPayloadScript(content, settled);
        controller.enqueue(encoder.encode(buildShellEnd(payload, document)));
        controller.close();
        settle("complete");
      },
      cancel: () => settle("left"),
    },
    { highWaterMark: 0 },
  );
  return { by: "shell", readable, verdict };
}

function log(
  { page, component }: PageContent,
  step: "ssr" | "shell",
  failure: StepFailure,
  isBegun = false,
): void {
  logStep({ pattern: page.pattern, component, step, isBegun, failure });
}
