/** Asks Render or the SSR server for a page, and waits until so much of it is there that it may be begun. */

import { RENDER_LIMIT, RENDER_PATH, ROOT_ID } from "../../render/contract.ts";
import { startTimer } from "../origin/start-timer.ts";
import { buildHeadLine, buildLateLine, type LateAnswer, type PageContent } from "./page-content.ts";
import type { BegunPage } from "./page-stream.ts";
import { parseFailure, type StepFailure } from "./step-failure.ts";

/** A binding to Render or the SSR server of a release. */
export type Renderer = Pick<Fetcher, "fetch">;

export type RendererAnswer = BegunPage | { readonly failure: StepFailure };

/** The renderer ends a render that takes longer; it may have to wait for its turn. */
const LONGEST_SHELL_MS = RENDER_LIMIT.shellMs + 1500;

/** Host of the question: the binding knows where it goes. */
const HOST = "http://render";

/**
 * Never rejects.
 * @param renderer null: there is none
 * @param waitUntil keeps what sends late contexts at work
 */
export async function askRenderer(
  renderer: Renderer | null,
  content: PageContent,
  nonce: string,
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<RendererAnswer> {
  if (renderer === null) return fail("no-answer", "there is no such renderer");
  const abort = new AbortController();
  const timer = startTimer(LONGEST_SHELL_MS);
  const begun = begin(renderer, content, nonce, { signal: abort.signal, waitUntil });
  const answer = await Promise.race([begun, timer.rang]);
  timer.stop();
  if (answer !== undefined) return answer;
  abort.abort();
  void begun.then((late) => ("reader" in late ? cancel(late.reader) : undefined));
  return fail("no-answer", `nothing within ${LONGEST_SHELL_MS} ms`);
}

interface Sending {
  readonly signal: AbortSignal;
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** Never rejects. */
async function begin(
  renderer: Renderer,
  content: PageContent,
  nonce: string,
  { signal, waitUntil }: Sending,
): Promise<RendererAnswer> {
  const head = buildHeadLine(content, nonce);
  try {
    const response = await renderer.fetch(
      new Request(`${HOST}${RENDER_PATH.page}`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson" },
        body: buildBody(head, content.late, waitUntil),
        redirect: "manual",
        signal,
      }),
    );
    if (response.status !== 200) return { failure: await parseFailure(response) };
    if (response.body === null) return fail("cut-off", "no body");
    return await readToRoot(response.body.getReader());
  } catch (error) {
    return fail("no-answer", String(error));
  }
}

const encoder = new TextEncoder();

/** Whole where all is there; else a stream that ends with the last arrival. */
function buildBody(
  head: string,
  late: readonly LateAnswer[],
  waitUntil: (promise: Promise<unknown>) => void,
): Uint8Array | ReadableStream<Uint8Array> {
  const there = late.map(({ name, arrived }) =>
    arrived === null ? null : buildLateLine(name, arrived),
  );
  const text = head + there.filter((line) => line !== null).join("");
  const missing = late.filter(({ arrived }) => arrived === null);
  if (missing.length === 0) return encoder.encode(text);
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  waitUntil(sendLate(writer, text, missing));
  return readable;
}

/** Never rejects: a renderer that has gone needs nothing more. */
async function sendLate(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  text: string,
  missing: readonly LateAnswer[],
): Promise<void> {
  try {
    await writer.write(encoder.encode(text));
    await Promise.all(
      missing.map(async ({ name, arrival }) => {
        await writer.write(encoder.encode(buildLateLine(name, await arrival)));
      }),
    );
    await writer.close();
  } catch (error) {
    writer.abort(error).catch(() => undefined);
  }
}

const ROOT_TAG = encoder.encode(`<div id="${ROOT_ID}">`);

/** Heads longer than that are begun all the same. */
const LONGEST_HEAD_BYTES = 8 * 1024 * 1024;

/**
 * Nothing is passed on before the root element is open. A page that breaks before is rendered by the
 * next step as if nothing had been; one that breaks later lacks nothing but the root's end (`recover-page.ts`).
 */
async function readToRoot(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<RendererAnswer> {
  const begun: Uint8Array[] = [];
  const search = createSearch(ROOT_TAG);
  for (let bytes = 0; bytes < LONGEST_HEAD_BYTES; ) {
    const { done, value } = await reader.read();
    if (done) return fail("cut-off", "ended before its root element");
    begun.push(value);
    bytes += value.byteLength;
    if (search(value)) break;
  }
  return { begun, reader };
}

/** @returns tells, chunk by chunk, whether the word has come */
function createSearch(word: Uint8Array): (chunk: Uint8Array) => boolean {
  const first = word[0] ?? 0;
  let found = 0;
  return (chunk) => {
    for (let index = 0; index < chunk.byteLength; index += 1) {
      if (found === 0) {
        index = chunk.indexOf(first, index);
        if (index < 0) return false;
      }
      // Its first byte stands nowhere else in it, so a word that breaks off begins at this byte, or later.
      if (chunk[index] === word[found]) found += 1;
      else found = chunk[index] === first ? 1 : 0;
      if (found === word.byteLength) return true;
    }
    return false;
  };
}

function fail(kind: StepFailure["kind"], message: string): RendererAnswer {
  return { failure: { kind, message, location: null } };
}

function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => undefined); // nobody waits for it
}
