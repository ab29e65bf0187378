/** A whole document around a component: the frontend's own, with head tags, payload and late contexts. */

import {
  buildEndMark,
  DATA_GLOBAL,
  type DocumentShell,
  type PageHead,
  ROOT_ID,
} from "./contract.ts";
import type { HtmlFrame } from "./html-frame.ts";
import { joinBytes } from "./join-bytes.ts";
import type { LateContexts } from "./late-contexts.ts";
import { buildScriptJson } from "./script-json.ts";

/** The document's parts in UTF-8, encoded once. */
export type EncodedShell = { readonly [Part in keyof DocumentShell]: Uint8Array };

const encoder = new TextEncoder();

const decoder = new TextDecoder();

const ROOT_OPEN = encoder.encode(`<div id="${ROOT_ID}">`);
const LESS_THAN = 0x3c;
const NOTHING = new Uint8Array(0);

export function encodeShell(shell: DocumentShell): EncodedShell {
  return {
    start: encoder.encode(shell.start),
    title: encoder.encode(shell.title),
    middle: encoder.encode(shell.middle),
    end: encoder.encode(shell.end),
  };
}

/** `start`, title, the component's head tags, `middle`, payload, root element, `end`, end mark. */
export function buildPageFrame(shell: EncodedShell, page: PageHead, late: LateContexts): HtmlFrame {
  return {
    begin({ chunks }, head) {
      const { before, html } = splitAtRoot(chunks);
      const tags = `${decoder.decode(before)}${head}`;
      const payload = `${buildPayload(page.props)}${late.buildStart()}${late.takeScripts()}`;
      return [
        shell.start,
        tags.includes("<title") ? NOTHING : shell.title,
        encoder.encode(tags),
        shell.middle,
        encoder.encode(payload),
        ...html,
      ];
    },
    end(outcome) {
      // The component may not have used it, or made something else of it.
      const said = late.isGivenUp ? "recovered" : outcome;
      return [shell.end, encoder.encode(buildEndMark(page.nonce, said))];
    },
    late,
  };
}

/** Root element and payload, as upstream's template backend writes them. */
export function buildFragmentFrame(props: Readonly<Record<string, unknown>>): HtmlFrame {
  return {
    begin: ({ chunks }, head) => (head === "" ? chunks : [encoder.encode(head), ...chunks]),
    end: () => [encoder.encode(buildPayload(props))],
    late: null,
  };
}

/** The component's HTML alone. */
export function buildInnerFrame(): HtmlFrame {
  return { begin: ({ chunks }) => chunks, end: () => [], late: null };
}

function buildPayload(props: unknown): string {
  return `<script>window.${DATA_GLOBAL}=${buildScriptJson(props)}</script>`;
}

/** What React hoists stands before the root element: in that only a style's own text could look like it. */
function splitAtRoot(chunks: readonly Uint8Array[]): {
  readonly before: Uint8Array;
  readonly html: readonly Uint8Array[];
} {
  const [first] = chunks;
  if (first === undefined || isRootAt(first, 0)) return { before: NOTHING, html: chunks };
  const whole = joinBytes(chunks);
  let at = whole.indexOf(LESS_THAN);
  while (at >= 0 && !isRootAt(whole, at)) at = whole.indexOf(LESS_THAN, at + 1);
  return at < 0
    ? { before: NOTHING, html: [whole] }
    : { before: whole.subarray(0, at), html: [whole.subarray(at)] };
}

function isRootAt(html: Uint8Array, at: number): boolean {
  return ROOT_OPEN.every((byte, place) => html[at + place] === byte);
}
