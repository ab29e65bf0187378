/** Takes a built `index.html` apart at its title and its root element. */

import type { DocumentShell } from "../../../edge/render/contract.ts";
import { MizanError } from "../../../infra/contract/errors.ts";

/** What stands between tags that open nothing: it may hold text that looks like tags. */
const OPAQUE =
  /<!--[\s\S]*?(?:-->|$)|<(script|style|template|noscript|textarea|svg)\b[^>]*>[\s\S]*?<\/\1\s*>/gi;
/** With nothing but space inside (comments are veiled). Names of custom elements have dashes. */
const EMPTY_ELEMENT = /<([a-z][\w-]*)\b((?:[^>"']|"[^"]*"|'[^']*')*)>\s*<\/\1\s*>/gi;
const QUOTED = /"[^"]*"|'[^']*'/g;
const TITLE = /<title\b[^>]*>[\s\S]*?<\/title\s*>/i;

/**
 * The root is the first empty element with an id in the body.
 *
 * @param path of the document, for the error.
 * @throws {MizanError} BUILD_FAILED when there is no root element.
 */
export function parseDocumentShell(html: string, path: string): DocumentShell {
  const veiled = html.replaceAll(OPAQUE, (text) => " ".repeat(text.length));
  const headEnd = findOr(veiled, /<\/head\s*>|<body\b/i, 0);
  const bodyStart = findOr(veiled, /<body\b/i, headEnd);
  const root = findRoot(veiled, bodyStart);
  if (root === null) {
    throw new MizanError(
      "BUILD_FAILED",
      `${path} has no empty element for the page to be put into`,
      {
        hint: 'Leave one with an id empty in the body of index.html: <div id="root"></div>',
        details: { path },
      },
    );
  }
  const title = TITLE.exec(veiled.slice(0, headEnd));
  const titleStart = title?.index ?? headEnd;
  const titleEnd = titleStart + (title?.[0].length ?? 0);
  return {
    start: html.slice(0, titleStart),
    title: html.slice(titleStart, titleEnd),
    middle: html.slice(titleEnd, root.start),
    end: html.slice(root.end),
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function findRoot(veiled: string, from: number): Span | null {
  // Where comments are veiled, an element that held only comments is empty.
  for (const match of veiled.matchAll(EMPTY_ELEMENT)) {
    const attributes = match[2]?.replaceAll(QUOTED, '""') ?? "";
    if (match.index < from || !/\sid\s*=/i.test(attributes)) continue;
    return { start: match.index, end: match.index + match[0].length };
  }
  return null;
}

function findOr(text: string, pattern: RegExp, otherwise: number): number {
  const index = text.search(pattern);
  return index === -1 ? otherwise : index;
}
