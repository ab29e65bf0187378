import { describe, expect, it } from "vitest";
import type { RenderSubject } from "../../../../cli/verify/check-render.ts";
import type { Answer, Ask, Question } from "../../../../cli/verify/question.ts";
import { verifyConformance } from "../../../../cli/verify/verify-conformance.ts";
import type { DeclaredPage } from "../../../../edge/cache/contract.ts";
import { buildEndMark, type PageHead } from "../../../../edge/render/contract.ts";
import { createMizanApp } from "./mizan-app.ts";

const PAGE: DeclaredPage = {
  pattern: "/products/:id",
  component: "product.tsx",
  renderedBy: "render",
  errorComponent: null,
  contexts: [
    { name: "product", isLate: false, params: { product_id: { from: "path", name: "id" } } },
  ],
};

type Write = (head: PageHead) => string;

const writeWhole: Write = ({ props, nonce }) =>
  `<!doctype html><body><script>window.__MIZAN_SSR_DATA__=${JSON.stringify(props)}</script>` +
  `<div id="mizan-root"><h1>Bowl</h1></div></body>${buildEndMark(nonce, "complete")}`;

function createRenderer(write: Write, broken: Readonly<Record<string, string>> = {}) {
  const asked: Question[] = [];
  const ask: Ask = async (question): Promise<Answer> => {
    asked.push(question);
    if (question.path === "/ready") {
      return { status: 200, headers: {}, body: JSON.stringify({ components: 2, broken }) };
    }
    const head = JSON.parse(question.body ?? "") as PageHead; // the question under test
    return { status: 200, headers: {}, body: write(head) };
  };
  return { ask, asked };
}

async function check(render: Partial<RenderSubject>, probe = { product: { product_id: "7" } }) {
  const { ask } = createRenderer(writeWhole);
  const subject = { askSsr: ask, askRender: ask, pages: [PAGE], language: null, ...render };
  const app = createMizanApp({ subject: { render: subject }, mizan: { parameters: probe } });
  const checks = await verifyConformance(app.subject);
  return new Map(checks.map((each) => [each.name, each]));
}

describe("the check of what renders", () => {
  it("gives a page the app's own contexts, and asks both renderers", async () => {
    const render = createRenderer(writeWhole);
    const ssr = createRenderer(writeWhole);
    const checks = await check({ askRender: render.ask, askSsr: ssr.ask });
    expect(checks.get("page /products/:id")).toMatchObject({ ok: true, skipped: false });
    const heads = [render, ssr].map(({ asked }) => JSON.parse(asked[1]?.body ?? "") as PageHead);
    for (const head of heads) {
      expect(head).toMatchObject({
        component: "product.tsx",
        late: [],
        props: { path: "/products/7", params: { id: "7" }, language: null },
      });
      expect(Object.keys(head.props.contexts)).toEqual(["product"]);
    }
  });

  it.each<[string, Write]>([
    ["its root is empty", (head) => writeWhole(head).replace("<h1>Bowl</h1>", "")],
    ['0 elements with the id "mizan-root"', (head) => writeWhole(head).replace("mizan-root", "x")],
    ["not those it was given", (head) => writeWhole(head).replace('"path"', '"road"')],
    ["its end is missing", (head) => writeWhole(head).slice(0, -1)],
    ["its end is missing", (head) => writeWhole({ ...head, nonce: "another" })],
  ])("fails a page of which %s", async (message, write) => {
    const checks = await check({ askSsr: createRenderer(write).ask });
    expect(checks.get("page /products/:id")).toMatchObject({ ok: false });
    expect(checks.get("page /products/:id")?.message).toContain(message);
  });

  it("passes a page that leaves a part to the browser, and says so", async () => {
    const write: Write = (head) => writeWhole(head).replace(":complete", ":recovered");
    const page = (await check({ askSsr: createRenderer(write).ask })).get("page /products/:id");
    expect(page).toMatchObject({ ok: true, evidence: "product.tsx" });
  });

  it("fails where a page's component does not load, and only then", async () => {
    const one = createRenderer(writeWhole, { "other.tsx": "no module x" });
    expect((await check({ askSsr: one.ask })).get("components")).toMatchObject({
      ok: true,
      message: "1 of 2 load",
      evidence: "other.tsx: no module x",
    });
    const needed = createRenderer(writeWhole, { "product.tsx": "no module x" });
    expect((await check({ askRender: needed.ask })).get("components")).toMatchObject({ ok: false });
  });

  it("does not ask a page whose path has no value, and says which", async () => {
    const checks = await check({}, {} as never);
    expect(checks.get("page /products/:id")).toMatchObject({ skipped: true });
    expect(checks.get("page /products/:id")?.message).toContain('":id"');
  });
});
