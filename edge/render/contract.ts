/**
 * What Render (workerd) and the SSR server (Bun) agree on with whoever asks them: the Edge, the
 * pipe worker of the origin, the deploy. Both answer the same. Imports nothing.
 *
 * - `POST /render` `FragmentRequest` (JSON) → 200 `text/html`.
 *   `fragment` (default): `<div id="mizan-root">…</div><script>window.__MIZAN_SSR_DATA__=…</script>`,
 *   with the props as JSON, as upstream's template backend writes them; `inner`: the component's
 *   HTML alone, as `renderToString` gives it.
 * - `POST /page` `application/x-ndjson`: one `PageHead`, then one `LateContext` per name in
 *   `late`, in any order, as they arrive → 200 `text/html`, a whole document, streamed. The head is
 *   sent once the shell has rendered, without waiting for what is late. Its very last bytes are
 *   `buildEndMark(nonce, …)`: a document without it is not whole.
 * - `GET /live` → 200 `LiveAnswer` at once, whatever is under way.
 * - `GET /ready` → 200 `ReadyAnswer` once the components' modules can be loaded; those that throw
 *   when loaded are named, and are no reason not to be ready.
 *
 * Anything but 200 is JSON `RenderFailure`, and nothing was rendered.
 */

export const RENDER_PATH = {
  render: "/render",
  page: "/page",
  live: "/live",
  ready: "/ready",
} as const;

/** `id` of the element that holds what was rendered; the browser hydrates it. */
export const ROOT_ID = "mizan-root";

/** `window.<name>`: the props. Of a page, contexts that came late are promises in it. */
export const DATA_GLOBAL = "__MIZAN_SSR_DATA__";

/**
 * `window.<name>` is `"shell"` where the root was not rendered, or not to its end: the browser
 * renders it (`createRoot`) with the same props. Absent: it hydrates.
 */
export const STEP_GLOBAL = "__MIZAN_SSR_STEP__";

export interface FragmentRequest {
  /** Path of the component's file from the project's root, POSIX: `frontend/components/Hello.tsx`. */
  readonly component: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Default `fragment`. */
  readonly output?: "fragment" | "inner";
}

/** First line of `POST /page`. */
export interface PageHead {
  readonly component: string;
  /** 16 and more characters `[0-9a-zA-Z-]`, new for each request. */
  readonly nonce: string;
  /** `contexts` holds those that are there. */
  readonly props: PageProps;
  /** Names of contexts that come later: each is a promise in `props.contexts` (`use(…)`). */
  readonly late: readonly string[];
}

/** What the component of a declared page is given, on the server and in the browser. */
export interface PageProps {
  /** Of the request, percent-encoded, without query. */
  readonly path: string;
  /** Of the route and of the query, as far as the page declares them; decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** As Django's LocaleMiddleware would choose; null: the app does not use it. */
  readonly language: string | null;
  /**
   * Context name → bundle (protocol 2.1), or a promise of one that is late. The promise has React's
   * `status` and `value`: one that has arrived is used without suspending.
   */
  readonly contexts: Readonly<Record<string, unknown>>;
  /** Only in the page's `error` component: why a context that the page needs is not there. */
  readonly error?: ContextError;
}

export interface ContextError {
  readonly context: string;
  /** Of the origin's answer; 0: it did not answer. */
  readonly status: number;
  /** Of the error envelope (protocol 2.6); `""`: none. */
  readonly code: string;
}

/** Further lines of `POST /page`. With an error the promise is rejected. */
export type LateContext =
  | { readonly context: string; readonly value: unknown }
  | { readonly context: string; readonly error: Omit<ContextError, "context"> };

/** `complete`: nothing threw. `recovered`: a boundary was left to the browser; not to be stored. */
export type PageOutcome = "complete" | "recovered";

/** The last bytes of a page. By its nonce nothing that a component writes can be taken for it. */
export function buildEndMark(nonce: string, outcome: PageOutcome): string {
  return `<!--mizan:${nonce}:${outcome}-->`;
}

/** `<` and `>` end scripts and begin comments, `&` is for XHTML; the others ended lines before ES2019. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/** JSON as it stands in a script element: no value of it can end the script. */
export function escapeForScript(json: string): string {
  return json.replace(UNSAFE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

export interface RenderFailure {
  readonly error: {
    /**
     * 400 `bad-request`, 404 `unknown-component`, 500 `threw`, 503 `overloaded`, 504 `timeout`.
     * Of those only `overloaded` may go well when asked again.
     */
    readonly kind: "bad-request" | "unknown-component" | "threw" | "overloaded" | "timeout";
    readonly component: string | null;
    readonly message: string;
    /** Mapped: `frontend/src/pages/product.tsx:12:7`; null: not in the app's own code, or not known. */
    readonly location: string | null;
  };
}

export interface LiveAnswer {
  readonly bundle: string;
}

export interface ReadyAnswer {
  readonly bundle: string;
  readonly components: number;
  /** Component → why its module does not load. */
  readonly broken: Readonly<Record<string, string>>;
}

/**
 * The document of the frontend's build, taken apart: `start` + title + `middle` + root element +
 * `end`. Asset tags of the bundler are in `start` and `middle`.
 */
export interface DocumentShell {
  /** Up to where `<title>` stands, or up to `</head>`. */
  readonly start: string;
  /** `<title>…</title>`, used where the component renders none; may be empty. */
  readonly title: string;
  /** From there to the place of the root element. */
  readonly middle: string;
  /** After the document's own (empty) root element. */
  readonly end: string;
}

/** Limits of a render, the same in both. */
export const RENDER_LIMIT = {
  /** From the moment at which all that is not late is there until the shell has rendered (upstream's 5 s). */
  shellMs: 5_000,
  /** From then to the end; what is not there is left to the browser. */
  pageMs: 15_000,
  /** Of HTML; more is cut off as a failure. */
  htmlBytes: 8 * 1024 * 1024,
  /** Of a request's JSON. */
  propsBytes: 4 * 1024 * 1024,
  /** Renders at once; more wait, and beyond `waiting` are answered 503. */
  atOnce: 64,
  waiting: 256,
} as const;
