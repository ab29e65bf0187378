/** Svelte (5 and later) behind the interface of `render-app.ts`. */

import { createHtmlStream } from "./html-stream.ts";
import type { FrameworkAdapter } from "./render-app.ts";

/** Of the app's own `svelte/server`. */
export interface SvelteFunctions {
  readonly render: (
    component: never,
    options: { readonly props: never },
  ) => PromiseLike<{ readonly head: string; readonly body: string }>;
}

/** Svelte renders whole: what a component awaits is waited for. */
export function createSvelteAdapter(svelte: SvelteFunctions): FrameworkAdapter {
  return {
    async render(component, { props, isInner }) {
      // What may be rendered is Svelte's to say.
      const { head, body } = await svelte.render(component as never, { props: props as never });
      return { html: createHtmlStream(body, isInner), isRendered: () => true, head };
    },
  };
}
