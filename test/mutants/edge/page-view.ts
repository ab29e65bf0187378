/** Whether somebody may get a declared page: of what each of its contexts says, and of who rendered it. */

import { judgeBody, type ReadBody, type SentRead } from "./app-view.ts";
import type { Database } from "./database.ts";
import type { RenderedData } from "./renderer.ts";
import { READ_KINDS, type ReadKind } from "./shop.ts";

export interface SeenPage {
  /** Of a page that is not Render's own, whole; null: shared. */
  readonly personal: number | null;
  /** null: the browser renders it. */
  readonly bundle: number | null;
  readonly contexts: Readonly<Record<string, ReadBody>>;
}

/** Late contexts of a page that nothing rendered stand apart. */
const PAYLOAD = /window\.__MIZAN_SSR_DATA__=(\{.*?\});(?:\(|<\/script>)/;
const LATE = /\.contexts,(\[.*?\])\);/;

/** @throws where it is no page of ours */
export function readPage(text: string): SeenPage {
  const personal = /personal:(\d+);/.exec(text)?.[1];
  const rendered = /data:(.*):data/.exec(text)?.[1];
  if (rendered !== undefined) {
    const { bundle, props }: RenderedData = JSON.parse(rendered);
    return { personal: toNumber(personal), bundle, contexts: readContexts(props.contexts) };
  }
  if (!text.includes('window.__MIZAN_SSR_STEP__="shell"')) throw new Error(`half a page: ${text}`);
  // Of the shell the step's own script comes first, or the whole is one script.
  const payload = PAYLOAD.exec(text)?.[1];
  if (payload === undefined) throw new Error(`no payload: ${text}`);
  const late: [string, unknown, unknown?][] = JSON.parse(LATE.exec(text)?.[1] ?? "[]");
  const arrived = late.flatMap(([name, value, error]) => (error ? [] : [[name, value] as const]));
  const { contexts }: RenderedData["props"] = JSON.parse(payload);
  const all = { ...contexts, ...Object.fromEntries(arrived) };
  return { personal: toNumber(personal), bundle: null, contexts: readContexts(all) };
}

function toNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function readContexts(contexts: Readonly<Record<string, unknown>>): SeenPage["contexts"] {
  return contexts as SeenPage["contexts"]; // our own app's
}

/** @returns what is wrong with it; null: nothing */
export function judgePage(page: SeenPage, sent: SentRead, database: Database): string | null {
  if (page.bundle !== null && page.bundle < sent.release) {
    return `of bundle ${page.bundle}, but release ${sent.release} was live`;
  }
  for (const kind of listParts(sent.kind)) {
    const body = page.contexts[kind.name.split("/")[0] ?? ""];
    if (body === undefined) continue; // the origin was lost
    const complaint = judgeBody(body, { ...sent, kind }, database);
    if (complaint !== null) return `${kind.name}: ${complaint}`;
  }
  return null;
}

function listParts({ parts = [] }: ReadKind): readonly ReadKind[] {
  return parts.map((name) => {
    const kind = READ_KINDS.find((known) => known.name === name);
    if (kind === undefined) throw new Error(`no read is called ${name}`);
    return kind;
  });
}
