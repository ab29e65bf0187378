/** React behind the interface of `render-app.ts`. */

import { ROOT_ID } from "./contract.ts";
import type { FrameworkAdapter } from "./render-app.ts";

/** Of the app's own `react` and `react-dom/server`. */
export interface ReactFunctions {
  readonly createElement: (type: never, props: never, ...children: never[]) => unknown;
  readonly renderToReadableStream: (
    element: never,
    options: { signal: AbortSignal; onError: (error: unknown) => void },
  ) => Promise<ReadableStream<Uint8Array> & { readonly allReady: Promise<unknown> }>;
}

/**
 * React renders the root element, too: outside of any element it holds back the shell until each
 * boundary is there, for one might bring `<html>`. In the root element the component has the same ids
 * (`useId`) as alone in the container that the browser hydrates.
 */
export function createReactAdapter(react: ReactFunctions): FrameworkAdapter {
  const createElement = react.createElement as CreateElement; // what may be rendered is React's to say
  return {
    async render(component, { props, signal, onError, isInner }) {
      const content = createElement(component, props);
      const element = isInner ? content : createElement("div", { id: ROOT_ID }, content);
      const html = await react.renderToReadableStream(element as never, { signal, onError });
      let isRendered = false;
      html.allReady.then(
        () => {
          isRendered = true;
        },
        () => {}, // the stream itself ends with the same error
      );
      if (isInner) await html.allReady;
      return { html, isRendered: () => isRendered, head: "" };
    },
  };
}

type CreateElement = (type: unknown, props: unknown, ...children: unknown[]) => unknown;
