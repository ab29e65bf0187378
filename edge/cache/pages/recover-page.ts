/**
 * What is put after a page that broke off, so that it is neither blank nor half a page that looks
 * whole. Pure.
 *
 * The page may have ended at any byte after its root element was opened: inside a character, a tag, an
 * attribute, a comment, a script. `CLOSE` leaves each of these states, whichever it is (HTML standard,
 * 13.2.5), and is text in the others:
 *
 * - `">'>">` ends a tag from inside a name, between attributes, after `=` (where the first quote opens
 *   a value), and inside both kinds of quotes; `<!…` and `</…` likewise.
 * - The line break and `]]>` make of a script that ends in the middle, or in a comment of its own, one that
 *   does not compile: no half of a script runs. `]]>` ends CDATA in SVG and MathML.
 * - `-->` ends comments, and a script's "escaped" states.
 * - The end tags leave every element whose content is not parsed as elements, and those inside which a script
 *   would not run (`template`), not be HTML (`svg`, `math`), or throw out what follows (`select`, `table`). Where
 *   there is none to end they are ignored.
 *
 * Then a script, which the parser now surely sees as one. It takes its own text back, puts a new root
 * before the old one, and hides that: elements that are open are left in their place, since what follows
 * is put into them. When parsing has ended, and before any deferred script runs, what followed is taken out
 * of the old root, and that goes.
 */

import { ROOT_ID } from "../../render/contract.ts";
import { SHELL_STEP } from "./shell-document.ts";

const TEXT = `">'>">\n]]>-->`;

const END_TAGS = [
  "script",
  "style",
  "title",
  "textarea",
  "noscript",
  "iframe",
  "noembed",
  "noframes",
  "xmp",
  "svg",
  "math",
  "template",
  "template",
  "template",
  "select",
  "table",
]
  .map((name) => `</${name}>`)
  .join("");

const CLOSE = TEXT + END_TAGS;

const TEMPLATE_ID = `${ROOT_ID}-again`;

/** In the browser. `t`: the root's content, if somebody rendered it. */
const REPLACE_ROOT =
  `(function(d){var s=d.currentScript,t=d.getElementById(${JSON.stringify(TEMPLATE_ID)}),` +
  `b=(t||s).previousSibling,r=d.getElementById(${JSON.stringify(ROOT_ID)}),n=d.createElement("div");` +
  `if(b&&b.nodeType===3)b.data=b.data.split(${JSON.stringify(TEXT).replaceAll(">", "\\u003e")}).join("");` +
  `r.removeAttribute("id");r.hidden=true;n.id=${JSON.stringify(ROOT_ID)};` +
  `if(t){n.appendChild(t.content);t.remove()}r.parentNode.insertBefore(n,r);` +
  `d.addEventListener("readystatechange",function(){if(!r.parentNode)return;` +
  `for(var e=r.contains(s)?s:r;e!==r;e=e.parentNode)` +
  `while(e.nextSibling)r.parentNode.insertBefore(e.nextSibling,r);r.remove()})})(document)`;

/** For whom no script puts it right. */
const WITHOUT_SCRIPTS =
  "<noscript>This page did not arrive whole. Please load it again.</noscript>";

/**
 * @param rootHtml the root's content, rendered anew; null: the browser renders it
 * @param payloadScript sets the payload; it replaces what of it has arrived
 */
export function buildRecovery(
  rootHtml: string | null,
  payloadScript: string,
  documentEnd: string,
): string {
  const template = rootHtml === null ? "" : `<template id="${TEMPLATE_ID}">${rootHtml}</template>`;
  const step = rootHtml === null ? SHELL_STEP : "";
  const script = `<script>${step}${payloadScript}${REPLACE_ROOT}</script>`;
  return `${CLOSE}${template}${script}${WITHOUT_SCRIPTS}${documentEnd}`;
}
