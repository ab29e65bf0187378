/** What streams in ends as the same DOM, whoever renders it and in whatever order its parts arrive. */

import type { Page } from "playwright-core";
import { type ComponentType, createElement } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT_ID } from "../../../edge/render/contract.ts";
import LatePage from "../../fixtures/render/late.tsx";
import ManyLate from "../../fixtures/render/many-late.tsx";
import { openBrowser, type TestBrowser } from "../../helpers/browser.ts";
import { buildHead } from "./page-head.ts";
import { type RunningRenderer, startBun, startWorkerd } from "./render-fixture.ts";

let render: RunningRenderer;
let ssr: RunningRenderer;
let browser: TestBrowser;

beforeAll(async () => {
  [render, ssr, browser] = await Promise.all([startWorkerd(), startBun(), openBrowser()]);
});

afterAll(async () => {
  await Promise.all([browser.close(), render.end(), ssr.end()]);
});

interface Shown {
  readonly component: string;
  /** Shown until something comes. */
  readonly fallback: string;
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly late: Readonly<Record<string, unknown>>;
}

/** The fallbacks first, then each part as it comes. */
async function stream(
  renderer: RunningRenderer,
  { component, fallback, contexts, late }: Shown,
  order: readonly string[],
): Promise<string> {
  const page = renderer.openPage(buildHead(component, contexts, order));
  await page.until(fallback);
  for (const name of order) page.send({ context: name, value: late[name] });
  page.finish();
  expect(await page.untilEnd()).toBe("whole");
  return page.text;
}

/** As React renders it at one go when everything is there. */
function renderAtOnce(loaded: ComponentType<never>, { contexts, late }: Shown): string {
  const arrived = Object.entries(late).map(([name, value]) => {
    return [name, Object.assign(Promise.resolve(value), { status: "fulfilled", value })];
  });
  const props = { contexts: { ...contexts, ...Object.fromEntries(arrived) } };
  const html = renderToString(createElement(loaded as ComponentType<typeof props>, props));
  return `<!doctype html><html><body><div id="${ROOT_ID}">${html}</div></body></html>`;
}

/** In the page: React's own scripts have put everything in its place. */
const IS_SETTLED = `document.querySelector('template[id^="B:"], [hidden][id^="S:"]') === null`;

/** In the page: elements, attributes and text of the root. */
const READ_ROOT = `(() => {
  const root = document.getElementById("${ROOT_ID}");
  for (const each of root.querySelectorAll("script, template, title, meta")) each.remove();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.remove();
  root.normalize();
  return root.innerHTML;
})()`;

async function readDom(html: string): Promise<string> {
  const page: Page = await browser.context.newPage();
  await page.setContent(html);
  await page.waitForFunction(IS_SETTLED);
  const dom = await page.evaluate(READ_ROOT);
  await page.close();
  return String(dom);
}

const REVIEWS: Shown = {
  component: "late.tsx",
  fallback: "reviews come",
  contexts: { product: { name: "Lamp <b> & more" } },
  late: { reviews: ["good </script>", "bad"], offers: { text: "two for one" } },
};
const MANY: Shown = {
  component: "many-late.tsx",
  fallback: "a comes",
  contexts: {},
  late: Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, `part ${name}`])),
};

it.each([
  { shown: REVIEWS, loaded: LatePage },
  { shown: MANY, loaded: ManyLate },
])("$shown.component", async ({ shown, loaded }) => {
  const names = Object.keys(shown.late);
  const whole = await readDom(renderAtOnce(loaded as ComponentType<never>, shown));
  expect(whole).toMatch(/two for one|part e/);
  for (const renderer of [render, ssr]) {
    expect(await readDom(await stream(renderer, shown, names))).toBe(whole);
  }
  // `many-late.tsx` shows what it is given in that order.
  if (shown === MANY) return;
  const reversed = names.toReversed();
  for (const renderer of [render, ssr]) {
    expect(await readDom(await stream(renderer, shown, reversed))).toBe(whole);
  }
});
