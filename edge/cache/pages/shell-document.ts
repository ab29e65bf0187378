/** What the Edge writes of a page itself, where nothing else renders it: the document, its payload, the word to the browser. */

import { DATA_GLOBAL, escapeForScript, ROOT_ID, STEP_GLOBAL } from "../../render/contract.ts";
import type { EdgePages } from "../contract.ts";
import type { ContextAnswer, PageContent } from "./page-content.ts";

/** The browser renders the root, since nobody else has. */
export const SHELL_STEP = `window.${STEP_GLOBAL}="shell";`;

/** `status`, `value` and `reason` are React's own: such a promise is used without suspending. */
const SETTLE =
  `(function(c,l){l.forEach(function(x){var n=x[0],e=x[2],p;` +
  `if(e){e=Object.assign(new Error("context "+n+": "+e.status+" "+e.code),{context:n},e);` +
  `p=Promise.reject(e);p.catch(function(){});p.status="rejected";p.reason=e}` +
  `else{p=Promise.resolve(x[1]);p.status="fulfilled";p.value=x[1]}c[n]=p})})`;

/** @param late those of `content.late` */
export function buildPayloadScript(
  { props }: Pick<PageContent, "props">,
  late: readonly (readonly [name: string, answer: ContextAnswer])[],
): string {
  const data = `window.${DATA_GLOBAL}=${escapeForScript(props)};`;
  if (late.length === 0) return data;
  const settled = late.map(([name, answer]) => {
    const rest = "json" in answer ? answer.json : `null,${JSON.stringify(answer.error)}`;
    return `[${JSON.stringify(name)},${rest}]`;
  });
  return `${data}${SETTLE}(window.${DATA_GLOBAL}.contexts,${escapeForScript(`[${settled.join(",")}]`)});`;
}

/** Up to the root element, so that browsers begin to load what the document names. */
export function buildShellStart({ start, title, middle }: EdgePages["document"]): string {
  return `${start}${title}${middle}<script>${SHELL_STEP}</script><div id="${ROOT_ID}"></div>`;
}

export function buildShellEnd(payloadScript: string, { end }: EdgePages["document"]): string {
  return `<script>${payloadScript}</script>${end}`;
}
