/** `POST /render` and `POST /page`: from the request to the HTML, or to why there is none. */

import { BodyLines } from "./body-lines.ts";
import {
  buildFragmentFrame,
  buildInnerFrame,
  buildPageFrame,
  type EncodedShell,
} from "./build-frame.ts";
import { ComponentRender, type Renderer } from "./component-render.ts";
import type { RenderFailure } from "./contract.ts";
import { LateContexts } from "./late-contexts.ts";
import { parseFragmentRequest, parseLateContext, parsePageHead } from "./parse-request.ts";
import {
  buildFailureResponse,
  describeError,
  findFailureKind,
  RenderError,
} from "./render-error.ts";
import { sendHtml, type WaitUntil } from "./send-html.ts";

/** @throws {RenderError} bad-request */
export async function answerFragment(
  renderer: Renderer,
  request: Request,
  waitUntil: WaitUntil,
): Promise<Response> {
  const { propsBytes, htmlBytes } = renderer.limits;
  const body = new BodyLines(request, propsBytes);
  const { component, props, output } = parseFragmentRequest(await body.readText());
  const isInner = output === "inner";
  return renderOrFail(renderer, component, async (render) => {
    const result = await render.open(props, isInner);
    const frame = isInner ? buildInnerFrame() : buildFragmentFrame(props);
    return sendHtml(result, frame, { render, maxBytes: htmlBytes, waitUntil });
  });
}

/** @throws {RenderError} bad-request */
export async function answerPage(
  renderer: Renderer,
  shell: EncodedShell | null,
  request: Request,
  waitUntil: WaitUntil,
): Promise<Response> {
  if (shell === null) throw new RenderError("bad-request", "the bundle has no document");
  const { propsBytes, htmlBytes } = renderer.limits;
  const body = new BodyLines(request, propsBytes);
  const page = parsePageHead((await body.readLine()) ?? "");
  const late = new LateContexts(page.late);
  return renderOrFail(renderer, page.component, async (render) => {
    if (!late.isComplete) waitUntil(readLate(body, late, render));
    const contexts = { ...page.props.contexts, ...late.promises };
    const result = await render.open({ ...page.props, contexts }, false);
    const frame = buildPageFrame(shell, page, late);
    return sendHtml(result, frame, { render, maxBytes: htmlBytes, waitUntil });
  });
}

/** Answers what went wrong, and writes it to the log as one line. */
export async function answerFailure(
  renderer: Renderer,
  component: string | null,
  error: unknown,
): Promise<Response> {
  const kind = findFailureKind(error);
  const location = error instanceof RenderError ? null : await renderer.locate(error);
  const failure: RenderFailure = {
    error: { kind, component, message: describeError(error), location },
  };
  console.error(JSON.stringify({ event: "not-rendered", ...failure.error }));
  return buildFailureResponse(failure);
}

async function renderOrFail(
  renderer: Renderer,
  component: string,
  use: (render: ComponentRender) => Promise<Response>,
): Promise<Response> {
  const render = new ComponentRender(renderer, component);
  try {
    return await use(render);
  } catch (error) {
    render.cancel(error);
    return answerFailure(renderer, component, error);
  }
}

/** Whatever has not come when the body ends, or breaks, will not come. Never rejects. */
async function readLate(
  body: BodyLines,
  late: LateContexts,
  render: ComponentRender,
): Promise<void> {
  render.onEnd = () => void body.cancel().catch(() => {}); // broken already
  try {
    while (!late.isComplete) {
      const line = await body.readLine();
      if (line === null) break;
      if (line !== "") late.add(parseLateContext(line));
    }
  } catch (error) {
    const { component } = render;
    const message = describeError(error);
    if (!render.isEnded)
      console.error(JSON.stringify({ event: "late-contexts-broken", component, message }));
  }
  late.failRest();
}
