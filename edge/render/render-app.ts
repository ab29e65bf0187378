/** What the deploy generates around the app's components, and what a framework must offer to render them. */

import type { DocumentShell } from "./contract.ts";

export type Framework = "react" | "vue" | "svelte";

/**
 * Default export of the generated module. It imports the app's own framework and hands its functions
 * to our adapters, so that there is one copy of it.
 */
export interface RenderApp {
  /** Hash over all modules. */
  readonly bundle: string;
  /** By their path from the project's root, as in `FragmentRequest.component`. */
  readonly components: Readonly<Record<string, RenderComponent>>;
  readonly adapters: Readonly<Partial<Record<Framework, FrameworkAdapter>>>;
  /** null: the app has no document, so no declared pages. */
  readonly document: DocumentShell | null;
  /** Name of a module as stacks show it (`chunk-ABC.mjs`) → its source map (JSON). Loaded once something threw. */
  readonly loadSourceMaps: () => Promise<Readonly<Record<string, string>>>;
}

export interface RenderComponent {
  readonly framework: Framework;
  /** Its module; the default export is the component. */
  readonly load: () => Promise<{ readonly default?: unknown }>;
}

/** The small interface that React, Vue and Svelte stand behind. */
export interface FrameworkAdapter {
  /**
   * Renders the component in the root element (`ROOT_ID`), UTF-8. Before that element there may be
   * tags for the document's head. Settles once the shell is there; rejects if it cannot be rendered.
   * What the stream gives in one turn of the event loop may be cut anywhere; between turns, from the
   * first on, every element is closed.
   */
  readonly render: (component: unknown, options: AdapterOptions) => Promise<AdapterResult>;
}

export interface AdapterOptions {
  readonly props: Readonly<Record<string, unknown>>;
  /** Ends what is still under way; boundaries that are open are left to the browser. */
  readonly signal: AbortSignal;
  /** Called for each error that a boundary inside took. */
  readonly onError: (error: unknown) => void;
  /** Renders the component's HTML alone, without the root element, and settles once all of it is there. */
  readonly isInner: boolean;
}

export interface AdapterResult {
  readonly html: ReadableStream<Uint8Array>;
  /** Nothing is to be rendered any more: the stream gives all that it has in one turn, and ends. */
  readonly isRendered: () => boolean;
  /** Tags for the document's head that the framework gives apart from the HTML (Svelte); else "". */
  readonly head: string;
}
