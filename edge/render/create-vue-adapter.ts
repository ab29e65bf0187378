/** Vue behind the interface of `render-app.ts`. */

import { createHtmlStream } from "./html-stream.ts";
import type { FrameworkAdapter } from "./render-app.ts";

/** Of the app's own `vue` and `vue/server-renderer`. */
export interface VueFunctions {
  readonly createSSRApp: (component: never, props: never) => VueApp;
  readonly renderToString: (app: never) => Promise<string>;
}

interface VueApp {
  readonly config: { errorHandler?: unknown };
}

/**
 * Vue waits for all that is asynchronous, in order, inside of elements that are open: there is no shell
 * that could go ahead, so it is rendered whole. An error that no `onErrorCaptured` stopped fails the
 * render: in production Vue would log it, and leave the component out.
 */
export function createVueAdapter(vue: VueFunctions): FrameworkAdapter {
  return {
    async render(component, { props, isInner }) {
      const app = vue.createSSRApp(component as never, props as never); // what may be rendered is Vue's to say
      let failure: { readonly error: unknown } | null = null;
      app.config.errorHandler = (error: unknown) => {
        failure ??= { error };
      };
      const html = await vue.renderToString(app as never);
      throwFailure(failure);
      return { html: createHtmlStream(html, isInner), isRendered: () => true, head: "" };
    },
  };
}

function throwFailure(failure: { readonly error: unknown } | null): void {
  if (failure !== null) throw failure.error;
}
