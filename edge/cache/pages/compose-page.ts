/** Makes a declared page for one request: asks for its contexts, has it rendered, answers, keeps it if it may. */

import { setAnswerMark } from "../answer/answer-mark.ts";
import type { Outcome } from "../answer/cache-status.ts";
import type { Flight } from "../read/coalesce.ts";
import type { BypassReason } from "../read/decide-read.ts";
import type { StoreRefusal } from "../read/decide-store.ts";
import type { Entry } from "../read/entry-store.ts";
import { sliceBody } from "../read/slice-body.ts";
import { findClientId, type Visit } from "../visit.ts";
import type { ArrivedPage } from "./arrived-page.ts";
import { mergeKept } from "./decide-page-store.ts";
import type { GuardHeaders } from "./guard-headers.ts";
import { keepPage, PAGE_HEADERS } from "./keep-page.ts";
import {
  buildProps,
  type ContextAnswer,
  createLateAnswer,
  type Kept,
  type LateAnswer,
  type PageContent,
} from "./page-content.ts";
import { findPageStatus } from "./page-status.ts";
import { readContext } from "./read-context.ts";
import { createShell, type RenderedPage, renderPage } from "./render-page.ts";
import type { UnderstoodPage } from "./understand-page.ts";

export interface PageVisit extends Visit {
  readonly page: ArrivedPage;
}

interface KeptPurpose {
  readonly bypass: null;
  /** Of the numbers of all contexts, read in this very turn or before. */
  readonly key: string;
  /** See `EntryStore.put`. */
  readonly subject: string;
  /** null: nobody follows. */
  readonly flight: Flight<Entry> | null;
}

/** With a reason: the page is made for this request alone. */
export type PagePurpose = KeptPurpose | { readonly bypass: BypassReason };

/** Asks for the contexts in the turn in which it is called. */
export async function composePage(
  visit: PageVisit,
  understood: UnderstoodPage,
  purpose: PagePurpose,
): Promise<Response> {
  const { memory, release } = visit;
  const room = memory.contextRoom.open(findClientId(visit));
  const endTraffic = memory.traffic.begin(release.state.live.slot);
  const endRender = purpose.bypass === null ? memory.renders.begin(purpose.key) : () => {};
  const end = () => {
    room.release();
    endTraffic();
    endRender();
  };
  try {
    const contexts = startContexts(visit, understood, room.admit);
    const made = await makePage(visit, understood, contexts);
    visit.waitUntil(made.rendered.verdict.then(end));
    countPage(visit, made.rendered);
    return await answerWithPage(visit, made, purpose);
  } catch (error) {
    end();
    throw error;
  }
}

interface StartedContext {
  readonly name: string;
  readonly isLate: boolean;
  readonly answer: Promise<ContextAnswer>;
}

/** All numbers first, then the first question. */
function startContexts(
  visit: PageVisit,
  { contexts }: UnderstoodPage,
  admit: (bytes: number) => boolean,
): readonly StartedContext[] {
  const { page, cached, startedAtMs: nowMs } = visit;
  const readings = contexts.map(({ bypass, read }) => {
    if (cached === null || bypass !== null || read === null) return null;
    return cached.cache.authority.read(read.questions, nowMs);
  });
  return page.contexts.flatMap((asked, index) => {
    const understood = contexts[index];
    if (understood === undefined) return [];
    const question = { asked, understood, reading: readings[index] ?? null, admit };
    const { name, isLate } = asked.declared;
    return [{ name, isLate, answer: readContext(visit, question) }];
  });
}

interface MadePage {
  readonly content: PageContent;
  readonly rendered: RenderedPage;
  readonly setCookies: readonly string[];
  /** Without the mark. */
  readonly headers: Entry["headers"];
  /** A context that the page needs is not there. */
  readonly isError: boolean;
  /** One per context; null: it is late, and has not arrived. */
  readonly listAnswers: () => readonly (ContextAnswer | null)[];
  /** What a page without contexts is as old as. */
  readonly bare: Kept;
}

async function makePage(
  visit: PageVisit,
  understood: UnderstoodPage,
  contexts: readonly StartedContext[],
): Promise<MadePage> {
  const { env, release, waitUntil, startedAtMs, cached } = visit;
  if (release.pages === null) throw new Error("the release declares no pages");
  const late = contexts.filter(({ isLate }) => isLate);
  const lateAnswers = late.map(({ name, answer }) => createLateAnswer(name, answer));
  const needed = await Promise.all(
    contexts
      .filter(({ isLate }) => !isLate)
      .map(async ({ name, answer }) => ({ name, answer: await answer })),
  );
  const content = buildContent(visit, understood, { needed, late: lateAnswers });
  const options = {
    env,
    slot: release.state.live.slot,
    document: release.pages.document,
    content,
    waitUntil,
  };
  const isError = needed.some(({ answer }) => "error" in answer);
  const isAlone = isError && content.page.errorComponent === null;
  return {
    content,
    rendered: isAlone ? createShell(options) : await renderPage(options),
    setCookies: needed.flatMap(({ answer }) => answer.setCookies),
    headers: [...PAGE_HEADERS, ...findGuards(needed)],
    isError,
    listAnswers: () => [
      ...needed.map(({ answer }) => answer),
      ...lateAnswers.map(({ arrived }) => arrived),
    ],
    bare: { askedAtMs: startedAtMs, ttlMs: (cached?.policy.ttlCapSeconds ?? 0) * 1000 },
  };
}

/** The app has them on every answer alike, or on none. */
function findGuards(needed: ContextAnswers["needed"]): GuardHeaders {
  return needed.map(({ answer }) => answer.guards).find(({ length }) => length > 0) ?? [];
}

interface ContextAnswers {
  readonly needed: readonly { readonly name: string; readonly answer: ContextAnswer }[];
  readonly late: readonly LateAnswer[];
}

/** Without a context that it needs it is the error component's page, or the document alone. */
function buildContent(
  { page }: PageVisit,
  { language }: UnderstoodPage,
  { needed, late }: ContextAnswers,
): PageContent {
  const { path, params } = page;
  const contexts = needed.flatMap(({ name, answer }) => {
    return "json" in answer ? [[name, answer.json] as const] : [];
  });
  const facts = { path, params, language, contexts };
  for (const { name, answer } of needed) {
    if (!("error" in answer)) continue;
    const error = { context: name, ...answer.error };
    return {
      page: page.page,
      component: page.page.errorComponent ?? page.page.component,
      status: findPageStatus(error.status),
      props: buildProps({ ...facts, error }),
      late: [],
    };
  }
  const props = buildProps({ ...facts, error: null });
  return { page: page.page, component: page.page.component, status: 200, props, late };
}

function countPage({ page, memory, waitUntil }: PageVisit, { by, verdict }: RenderedPage): void {
  const counted = verdict.then((end) => {
    memory.counters.countPage(page.page.pattern, end === "broken" ? "broken" : by);
  });
  waitUntil(counted);
}

async function answerWithPage(
  visit: PageVisit,
  made: MadePage,
  purpose: PagePurpose,
): Promise<Response> {
  const { memory, waitUntil } = visit;
  const { rendered } = made;
  if (purpose.bypass === null && visit.cached !== null && mayBeKept(made)) {
    const kept = await keepPage(rendered, {
      entries: visit.cached.cache.entries,
      headers: made.headers,
      ...purpose,
      findKept: () => mergeKept(made.listAnswers(), made.bare),
      isStreamed: made.content.late.some(({ arrived }) => arrived === null),
      ahead: memory.answers,
      clientId: findClientId(visit),
      waitUntil,
    });
    const body = kept.body instanceof Uint8Array ? sliceBody(kept.body, waitUntil) : kept.body;
    return createAnswer(visit, made, { purpose, refusal: kept.refusal, body });
  }
  if (purpose.bypass === null) purpose.flight?.land(null);
  const { readable, ended } = memory.answers.pass(rendered.readable, null, findClientId(visit));
  waitUntil(ended);
  return createAnswer(visit, made, { purpose, refusal: findRefusal(made), body: readable });
}

/** What is known before it has ended: late contexts may still say otherwise. */
function mayBeKept({ rendered, isError, listAnswers, bare }: MadePage): boolean {
  if (isError || rendered.by !== "render") return false;
  const arrived = listAnswers().filter((answer) => answer !== null);
  return mergeKept(arrived, bare) !== null;
}

function findRefusal({ rendered, isError }: MadePage): StoreRefusal {
  if (isError) return "status";
  return rendered.by === "render" ? "context" : "render";
}

interface AnswerParts {
  readonly purpose: PagePurpose;
  /** null: stored, or not known yet. */
  readonly refusal: StoreRefusal | null;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** Whoever meets one of these may ask again soon. */
const PASSING_STATUS = new Set([429, 502, 503]);

async function createAnswer(
  { request, startedAtMs }: PageVisit,
  { content, setCookies, headers: own }: MadePage,
  { purpose, refusal, body }: AnswerParts,
): Promise<Response> {
  const { status } = content;
  const headers = new Headers(own as [string, string][]); // only read
  for (const cookie of setCookies) headers.append("set-cookie", cookie);
  if (PASSING_STATUS.has(status)) headers.set("retry-after", "1");
  const { bypass } = purpose;
  const outcome: Outcome =
    bypass === null
      ? { kind: "miss", notStored: refusal, originStatus: status, isCollapsed: false }
      : { kind: "bypass", reason: bypass };
  setAnswerMark(headers, { outcome, startedAtMs });
  if (request.method !== "HEAD") return new Response(body, { status, headers });
  if (body instanceof ReadableStream) await body.cancel();
  return new Response(null, { status, headers });
}
