/** The small app on contexts with declared pages: its state, its Render, its SSR server. */

import type {
  DeclaredPage,
  EdgePages,
  EdgeStart,
  MizanPolicy,
} from "../../../edge/cache/contract.ts";
import type { LateContext, PageProps } from "../../../edge/render/contract.ts";
import type { Answer } from "./edge-fixture.ts";
import { buildMizanState, MizanApp } from "./mizan-app.ts";
import { DOCUMENT, ScriptedRenderer } from "./scripted-renderer.ts";

function page(pattern: string, fields: Partial<DeclaredPage>): DeclaredPage {
  return {
    pattern,
    component: `${pattern}.tsx`,
    renderedBy: "render",
    errorComponent: null,
    contexts: [],
    ...fields,
  };
}

function context(name: string, fields: Partial<DeclaredPage["contexts"][number]> = {}) {
  return { name, params: {}, isLate: false, ...fields };
}

const ITEM = context("item", { params: { item_id: { from: "path", name: "id" } } });

const PAGES: EdgePages = {
  document: DOCUMENT,
  pages: [
    page("/", { contexts: [context("news")] }),
    page("/items/:id", { contexts: [ITEM, context("news")] }),
    page("/items/:id/late", { contexts: [ITEM, context("news", { isLate: true })] }),
    page("/items/:id/error", { contexts: [ITEM], errorComponent: "error.tsx" }),
    page("/items/:id/node", { contexts: [ITEM], renderedBy: "ssr" }),
    page("/read/:slug/", {
      contexts: [
        context("page", { params: { slug: { from: "query", name: "q" } } }),
        context("brief"),
      ],
    }),
    page("/me", {
      contexts: [context("user", { params: { user_id: { from: "value", value: "7" } } })],
    }),
    page("/never", { contexts: [context("never"), context("news")] }),
    page("/bare", {}),
    page("/:a/:b/:c/:d/", {}),
  ],
};

export class PagesApp {
  readonly app = new MizanApp();
  readonly render = new ScriptedRenderer();
  readonly ssr = new ScriptedRenderer();

  async start(policy: Partial<MizanPolicy> = {}, start: Partial<EdgeStart> = {}): Promise<void> {
    const { fixture } = this.app;
    await this.render.listen(fixture, fixture.renderSocket(0));
    await this.ssr.listen(fixture, fixture.ssrSocket(0));
    await this.app.start(policy, start, { pages: PAGES });
  }

  end(): Promise<void> {
    return this.app.end();
  }
}

export function buildPagesState(policy: Partial<MizanPolicy> = {}, live = {}) {
  return buildMizanState(policy, { pages: PAGES, ...live });
}

export interface SeenPage {
  readonly component: string;
  readonly props: PageProps;
  readonly late: readonly LateContext[];
}

/** What `renderProps` wrote. */
export function readPage({ body }: Pick<Answer, "body">): SeenPage {
  const text = /<p>(.*)<\/p>/.exec(body)?.[1];
  if (text === undefined) throw new Error(`no page: ${body}`);
  return JSON.parse(text.replaceAll("&lt;", "<"));
}

/** A context of `MizanApp`, in a page. */
export function readContextValue(seen: SeenPage, name: string): unknown {
  return Object.values(seen.props.contexts[name] as object)[0];
}
