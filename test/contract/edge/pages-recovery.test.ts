/** What a real browser makes of a page that was cut anywhere and ended by the Edge (`recover-page.ts`). */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildRecovery } from "../../../edge/cache/pages/recover-page.ts";
import { openBrowser, type TestBrowser } from "../../helpers/browser.ts";
import { DOCUMENT } from "./scripted-renderer.ts";

let browser: TestBrowser;
let page: Page;
beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.context.newPage();
});
afterAll(() => browser?.close());

const START = `<!doctype html><html><head><title>Shop</title></head><body><div id="wrap"><script>window.__MIZAN_SSR_DATA__={"old":1}</script><div id="mizan-root">`;

/** After the root: an app that would hydrate, and what the document holds besides. */
const END = `</div><script>window.seen=document.getElementById("mizan-root").innerHTML</script><footer>end</footer><script type="module">window.module=document.getElementById("mizan-root").innerHTML</script></body></html>`;

/** Every state that a parser can be in; `ran` counts scripts that ran though they are not whole. */
const CONTENT = [
  `<main class="a 'b' c" title='it "is"' data-x=plain hidden><p>caf\u00e9 &amp; &lt;b&gt; \u{1f375}</p>`,
  `<!-- a comment > with "quotes' and -- dashes --!> --><br/>`,
  `<script>window.whole=1;/* a comment */ "text"; 'text'; \`text \${1}\`; // line\nwindow.ran=(window.ran??0)+1;var x=1;window.ran-=1</script>`,
  `<script type="application/json">{"a":"<\\/script>","b":"<!-- <script> x </script> -->"}</script>`,
  `<style>p > a::after { content: "</p>" }</style><textarea>a <b> "c"</textarea>`,
  `<template id="B:0"><p>inside <template><i>two</i></template></p></template>`,
  `<svg viewBox="0 0 1 1"><title>t</title><path d="M0 0"/><![CDATA[ x > y ]]><foreignObject><p>html</p></foreignObject></svg>`,
  `<math><mi>x</mi></math><table><tbody><tr><td>cell</td></tr></tbody></table>`,
  `<select><option value="1">one</option><option>two</option></select><noscript><p>none</p></noscript>`,
  `<iframe srcdoc="<p>'x'</p>">fallback</iframe><button><a href="/x?a=1&b='2'">go</a></button></main>`,
].join("");

interface Shown {
  readonly roots: number;
  readonly root: string | undefined;
  readonly data: unknown;
  readonly step: unknown;
  /** What scripts after the root found in it: at once, and when all was parsed. */
  readonly seen: unknown;
  readonly module: unknown;
  readonly ran: unknown;
  readonly text: string;
  readonly footers: number;
}

/** In the browser. */
const SHOW_ALL = `async (count) => {
  const show = async (index) => {
    const frame = document.createElement("iframe");
    frame.src = "/frame?n=" + index;
    const loaded = new Promise((resolve) => (frame.onload = resolve));
    document.body.append(frame);
    await loaded;
    const view = frame.contentWindow;
    const roots = view.document.querySelectorAll("#mizan-root");
    const shown = {
      roots: roots.length,
      root: roots[0]?.innerHTML,
      data: view.__MIZAN_SSR_DATA__,
      step: view.__MIZAN_SSR_STEP__,
      seen: view.seen,
      module: view.module,
      ran: view.ran,
      text: view.document.body.innerText,
      footers: view.document.querySelectorAll("footer").length,
    };
    frame.remove();
    return shown;
  };
  const results = [];
  const AT_ONCE = 16;
  while (results.length < count) {
    const indexes = Array.from({ length: Math.min(AT_ONCE, count - results.length) }, (_, index) => results.length + index);
    results.push(...(await Promise.all(indexes.map(show))));
  }
  return results;
}`;

/** Shows each document in a frame of its own. */
async function show(documents: readonly Buffer[]): Promise<readonly Shown[]> {
  const bodies = documents.map((body) => body.toString("base64"));
  await page.route("http://shop.test/**", (route) => {
    const index = Number(new URL(route.request().url()).searchParams.get("n") ?? -1);
    const body = index < 0 ? "<!doctype html>" : Buffer.from(bodies[index] ?? "", "base64");
    return route.fulfill({ contentType: "text/html; charset=utf-8", body });
  });
  await page.goto("http://shop.test/");
  const shown = await page.evaluate(`(${SHOW_ALL})(${documents.length})`);
  await page.unroute("http://shop.test/**");
  return shown as readonly Shown[];
}

const PAYLOAD = 'window.__MIZAN_SSR_DATA__={"new":"\\u003c/script\\u003e"};';

/** Bytes of the page up to each place of its content. */
function cutAll(every: number): readonly Buffer[] {
  const content = Buffer.from(CONTENT);
  const cuts: Buffer[] = [];
  for (let length = 0; length <= content.byteLength; length += every) {
    cuts.push(Buffer.concat([Buffer.from(START), content.subarray(0, length)]));
  }
  return cuts;
}

/** Bytes from one cut to the next. With 1 it is right, too, and takes three times as long. */
const STRIDE = 3;

test("cut anywhere the browser has one root, empty, the new payload, and the word that it must render", async () => {
  const recovery = Buffer.from(buildRecovery(null, PAYLOAD, END));
  const cuts = cutAll(STRIDE);
  const shown = await show(cuts.map((cut) => Buffer.concat([cut, recovery])));
  const wrong = shown.flatMap(({ footers, ...one }, index) => {
    const right = { roots: 1, root: "", step: "shell", seen: "", module: "", text: "end" };
    const isRight =
      JSON.stringify(one.data) === '{"new":"</script>"}' &&
      footers === 1 &&
      (one.ran ?? 0) === 0 &&
      Object.entries(right).every(([name, value]) => Reflect.get(one, name) === value);
    return isRight ? [] : [{ after: cuts[index]?.toString().slice(-60), footers, ...one }];
  });
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(shown.length).toBeGreaterThan(300);
}, 60_000);

test("what the SSR server rendered stands in the root before any script of the document looks", async () => {
  const html = '<p class="whole">all <b>of</b> it</p>';
  const recovery = Buffer.from(buildRecovery(html, PAYLOAD, END));
  const cuts = cutAll(13);
  const shown = await show(cuts.map((cut) => Buffer.concat([cut, recovery])));
  const wrong = shown.filter(({ roots, root, step, seen, module, text }) => {
    return (
      roots !== 1 ||
      root !== html ||
      step !== undefined ||
      seen !== html ||
      module !== html ||
      !/^all of it\s+end$/.test(text)
    );
  });
  expect(wrong.slice(0, 3)).toEqual([]);
}, 60_000);

test("after the root's end, and in the document's own, nothing is shown twice but what the document repeats", async () => {
  const recovery = buildRecovery(null, PAYLOAD, DOCUMENT.end);
  const whole = `${START}<p>whole</p></div><p>after`;
  const [shown] = await show([Buffer.from(`${whole}${recovery}`)]);
  expect(shown).toMatchObject({ roots: 1, root: "", step: "shell", footers: 1 });
  expect(shown?.text).not.toContain(">");
});
