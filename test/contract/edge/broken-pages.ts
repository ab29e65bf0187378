/** Renderers that do not do it, and what the browser is left with then. */

import { buildFailure, type RenderScript } from "./scripted-renderer.ts";

/** The browser is told that it must render. */
export const SHELL = 'window.__MIZAN_SSR_STEP__="shell"';

export const threw: RenderScript = ({ fail }) =>
  fail(500, buildFailure("threw", "src/page.tsx:12:7"));
/** Begins, writes that, and breaks the connection once it has left. */
export function breakAfter(html: string): RenderScript {
  return ({ begin, response }) => {
    begin();
    response.write(html);
    setTimeout(() => response.destroy(), 150);
  };
}

interface BrowserGlobals {
  readonly __MIZAN_SSR_DATA__: { readonly contexts: Readonly<Record<string, unknown>> };
}

/** Runs the document's own scripts as a browser would, up to what they do to the document. */
export function runScripts(body: string): BrowserGlobals {
  const scripts = [...body.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = ""]) => text);
  const window: Record<string, unknown> = {};
  for (const script of scripts) {
    const [own = ""] = script.split("(function(d){");
    new Function("window", own)(window);
  }
  return window as unknown as BrowserGlobals;
}
