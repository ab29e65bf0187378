/** Render and the SSR server of the scheduled world: each step is released, and not every page gets its end. */

import { buildEndMark, type LateContext, type PageHead } from "../../../edge/render/contract.ts";
import { createBody, type OriginBody } from "./origin-body.ts";
import { DECLARED_PAGES } from "./shop.ts";

export interface RenderWorld {
  /** Varies how pages end. */
  readonly createVariant: () => number;
  readonly step: (label: string) => Promise<void>;
  /** Everything goes well. */
  readonly isCalm: boolean;
}

/** What stands in the root. */
export interface RenderedData {
  readonly component: string;
  /** Release that the components are of. */
  readonly bundle: number;
  readonly props: PageHead["props"];
}

export interface RenderTask {
  readonly request: Request;
  readonly by: "render" | "ssr";
  readonly release: number;
  /** Whoever asked is there to hear it. */
  readonly isHeard: () => boolean;
}

/** `fails`: without a page. `breaks`: in its middle. `recovers`: with less than all. */
type Fate = "whole" | "fails" | "breaks" | "recovers";

const FATES: readonly Fate[] = ["whole", "whole", "whole", "whole", "recovers", "breaks", "fails"];

export async function serveRender(task: RenderTask, world: RenderWorld): Promise<Response> {
  const { request, by } = task;
  await world.step(`${by} takes a request`);
  const fate = world.isCalm ? "whole" : (FATES[world.createVariant() % FATES.length] ?? "whole");
  const isPage = new URL(request.url).pathname === "/page";
  // The browser does what only the SSR server could: its half of a page is judged all the same.
  if (!isPage || fate === "fails") return new Response("{}", { status: 500 });
  const lines = readLines(request);
  const head: PageHead = JSON.parse(await lines.next());
  const body = createBody();
  const page = { ...task, head, fate, body, lines };
  void writePage(page, world).catch((error: unknown) => body.fail(toError(error)));
  return new Response(body.readable);
}

interface Page extends RenderTask {
  readonly head: PageHead;
  readonly fate: Fate;
  readonly body: OriginBody;
  readonly lines: Lines;
}

async function writePage(page: Page, world: RenderWorld): Promise<void> {
  const { head, fate, body, by, isHeard } = page;
  const send = (text: string) => {
    if (isHeard()) body.send(text);
  };
  // Nobody else may get what is not Render's whole page: its number shows who did.
  const isShared = by === "render" && fate === "whole";
  send(`<div id="mizan-root">personal:${isShared ? "" : world.createVariant()};`);
  if (fate === "breaks") {
    await world.step(`${by} breaks off`);
    if (isHeard()) body.fail(new Error("Network connection lost."));
    return;
  }
  const late: LateContext[] = [];
  while (late.length < head.late.length) {
    late.push(JSON.parse(await page.lines.next()));
    await world.step(`${by} goes on`);
  }
  await world.step(`${by} ends`);
  send(`data:${JSON.stringify(buildData(page, late))}:data</div>${DECLARED_PAGES.document.end}`);
  send(buildEndMark(head.nonce, fate === "recovers" ? "recovered" : "complete"));
  if (isHeard()) body.end();
}

function buildData({ head, release }: Page, late: readonly LateContext[]): RenderedData {
  const arrived = late.flatMap((one) =>
    "value" in one ? [[one.context, one.value] as const] : [],
  );
  const contexts = { ...head.props.contexts, ...Object.fromEntries(arrived) };
  return { component: head.component, bundle: release, props: { ...head.props, contexts } };
}

interface Lines {
  /** @throws where there are no more */
  next(): Promise<string>;
}

function readLines(request: Request): Lines {
  const reader = request.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (): Promise<string> => {
    const end = text.indexOf("\n");
    if (end >= 0) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      return line;
    }
    const read = await reader?.read();
    if (read === undefined || read.done) throw new Error("the question ended");
    text += read.value;
    return next();
  };
  return { next };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
