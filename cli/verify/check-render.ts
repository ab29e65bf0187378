/** Checks `components` and `page <pattern>`: what renders the app renders it, and browsers can hydrate it. */

import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { DeclaredPage } from "../../edge/cache/contract.ts";
import {
  buildEndMark,
  DATA_GLOBAL,
  type PageHead,
  RENDER_PATH,
  ROOT_ID,
} from "../../edge/render/contract.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { buildPageQuestion, type PagePlan, planPage } from "./page-question.ts";
import { type Answer, type Ask, describeExchange, parseJson } from "./question.ts";
import type { ConformanceSubject, MizanSubject } from "./verify-conformance.ts";

/** What renders for the release. */
export interface RenderSubject {
  readonly askSsr: Ask;
  /** null: every component needs Node APIs. */
  readonly askRender: Ask | null;
  readonly pages: readonly DeclaredPage[];
  /** The first that the app's visitors may choose; null: it does not choose. */
  readonly language: string | null;
}

const readySchema = z.object({
  components: z.number(),
  broken: z.record(z.string(), z.string()),
});

export async function checkRender(
  subject: ConformanceSubject,
  { render, mizan }: { readonly render: RenderSubject; readonly mizan: MizanSubject | null },
): Promise<readonly Check[]> {
  const checks = [await checkComponents(render)];
  if (mizan === null) return checks; // no contexts, so no pages
  for (const page of render.pages) {
    checks.push(await checkPage(subject, { page, render, mizan }));
  }
  return checks;
}

/** A component whose module throws is the app's bug; where a page needs it, users would see nothing. */
async function checkComponents({ askSsr, askRender, pages }: RenderSubject): Promise<Check> {
  const name = "components";
  const broken = new Map<string, string>();
  let count = 0;
  for (const ask of askRender === null ? [askSsr] : [askSsr, askRender]) {
    const question = { method: "GET", path: RENDER_PATH.ready } as const;
    const answer = await ask(question);
    const ready = readySchema.safeParse(parseJson(answer.body)).data;
    if (answer.status !== 200 || ready === undefined) {
      return fail(name, "a renderer is not ready", describeExchange(question, answer));
    }
    count = Math.max(count, ready.components);
    for (const [component, why] of Object.entries(ready.broken)) broken.set(component, why);
  }
  const evidence = [...broken].map(([component, why]) => `${component}: ${why}`).join("\n");
  const needed = pages.find(({ component }) => broken.has(component));
  if (needed !== undefined) {
    return fail(name, `${needed.component} of page ${needed.pattern} does not load`, evidence);
  }
  return pass(name, count === 1 ? "1 loads" : `${count - broken.size} of ${count} load`, evidence);
}

interface PageSubject {
  readonly page: DeclaredPage;
  readonly render: RenderSubject;
  readonly mizan: MizanSubject;
}

async function checkPage(
  subject: ConformanceSubject,
  { page, render, mizan }: PageSubject,
): Promise<Check> {
  const name = `page ${page.pattern}`;
  const plan = planPage(page, mizan.manifest, mizan.parameters);
  if ("missing" in plan) {
    return skip(name, `not asked: \`probe\` of the config has no value for ":${plan.missing}"`);
  }
  const contexts: Record<string, unknown> = {};
  for (const [context, question] of plan.questions) {
    const answer = await subject.askOrigin(question);
    if (answer.status !== 200) {
      return skip(name, `not asked: context ${context} answers ${answer.status}`);
    }
    contexts[context] = parseJson(answer.body);
  }
  const head = buildHead(page, plan, { contexts, language: render.language });
  const question = buildPageQuestion(head);
  const asks = render.askRender === null || page.renderedBy === "ssr" ? [] : [render.askRender];
  for (const ask of [...asks, render.askSsr]) {
    const answer = await ask(question);
    const problem = findProblem(answer, head);
    if (problem !== null) return fail(name, problem, describeExchange(question, answer));
    // On purpose, perhaps: React's way to have a part rendered by browsers alone.
    const isRecovered = answer.body.endsWith(buildEndMark(head.nonce, "recovered"));
    if (isRecovered)
      return pass(name, "a part of it threw, and is left to the browser", page.component);
  }
  return pass(name, "renders, and browsers can hydrate it");
}

function buildHead(
  page: DeclaredPage,
  { path, params }: PagePlan,
  rest: Pick<PageHead["props"], "contexts" | "language">,
): PageHead {
  const props = { path, params, ...rest };
  return { component: page.component, nonce: randomUUID(), props, late: [] };
}

/** By its structure: one root with something in it, the props beside it, nothing cut off. */
function findProblem({ status, body }: Answer, { nonce, props }: PageHead): string | null {
  if (status !== 200) return "it does not render";
  const roots = body.split(`<div id="${ROOT_ID}">`);
  if (roots.length !== 2) return `it has ${roots.length - 1} elements with the id "${ROOT_ID}"`;
  if (roots[1]?.trimStart().startsWith("</div>")) return "its root is empty";
  if (!isSame(readPayload(body), props))
    return "the props for the browser are not those it was given";
  const isWhole = (["complete", "recovered"] as const).some((outcome) =>
    body.endsWith(buildEndMark(nonce, outcome)),
  );
  return isWhole ? null : "its end is missing";
}

function readPayload(body: string): unknown {
  const begin = `window.${DATA_GLOBAL}=`;
  const from = body.indexOf(begin);
  const end = body.indexOf("</script>", from);
  if (from < 0 || end < 0) return undefined;
  return parseJson(body.slice(from + begin.length, end).replace(/;\s*$/, ""));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
