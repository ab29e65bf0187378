/** The shop's server-rendered pages, deployed: as raw HTML, in a browser with and without scripts, and with renderers dead. */

import { readFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openBrowser, type TestBrowser } from "../../helpers/browser.ts";
import { ShopVisitor } from "../../helpers/shop-visitor.ts";
import type { TempProject } from "../../helpers/temp-project.ts";
import { urlOf } from "../use/use-mizan.ts";
import { fetchDocument, fetchStream, showScreen, startVisit, type Visit } from "./pages-browser.ts";
import {
  addSamplePeople,
  changePriceOfVase,
  findBun,
  findWaitingReview,
  killProcesses,
  PASSWORD,
  readStats,
  signIn,
  walkWithoutScripts,
} from "./pages-scenes.ts";
import { createShopProject } from "./shop-project.ts";

const SLOW_SECONDS = 1;
const REVIEW = "Pours well, too.";
const END_MARK = /<!--mizan:[\w-]{16,}:complete-->\s*$/;

const caseFile = z
  .object({
    requests: z.array(
      z.strictObject({
        path: z.string(),
        headers: z.record(z.string(), z.string()).default({}),
        status: z.int(),
        contains: z.string(),
      }),
    ),
  })
  .parse(
    JSON.parse(readFileSync(join(import.meta.dirname, "../../../examples/shop/case.json"), "utf8")),
  );

let project: TempProject;
let browser: TestBrowser;
let url = "";

beforeAll(async () => {
  project = await createShopProject();
  // The context that streams is slow, so that it can be told from the rest.
  await project.edit("backend/catalogue/clients.py", (text) =>
    text.replace(
      "def delivery_options(request) -> shapes.Delivery:\n",
      (line) => `${line}    import time\n    time.sleep(${SLOW_SECONDS})\n`,
    ),
  );
  [url, browser] = await Promise.all([project.mizan(["deploy"]).then(urlOf), openBrowser()]);
  await addSamplePeople(project);
});

afterAll(async () => {
  await browser?.close();
  await project.remove();
});

function visit(options: Partial<Parameters<typeof startVisit>[1]> = {}): Promise<Visit> {
  return startVisit(browser, { baseURL: url, ...options });
}

describe("every request of its case.json is answered:", () => {
  test.each(caseFile.requests)("$status $path", async ({ path, headers, status, contains }) => {
    const answer = await fetch(new URL(path, url), { headers, redirect: "manual" });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(contains);
  });
});

describe("before any script", () => {
  test("a piece's page is whole: its title, price and reviews, and then it is a HIT of the same bytes", async () => {
    const first = await fetchDocument(url, "/products/2");
    expect(first.status).toBe(200);
    expect(first.html).toContain("<title>Reed bowl – Kiln Street</title>");
    expect(first.html).toContain("€38.00");
    expect(first.html).toContain("Reviews");
    expect(first.html).toContain("Write a review");
    expect(first.html).toMatch(END_MARK);
    const second = await fetchDocument(url, "/products/2");
    expect([first.mark, second.mark]).toEqual(["MISS", "HIT"]);
    expect(second.html).toBe(first.html);
  });

  test("what an address says that the page does not read changes nothing", async () => {
    await fetchDocument(url, "/products/2");
    const tagged = await fetchDocument(url, "/products/2?utm_source=letter");
    expect(tagged.mark).toBe("HIT");
  });

  test("the shelf is in the reader's language, and each language has an entry of its own", async () => {
    const german = await fetchDocument(url, "/?page=2", { "accept-language": "de-AT,de;q=0.9" });
    const english = await fetchDocument(url, "/?page=2");
    expect([german.mark, english.mark]).toEqual(["MISS", "MISS"]);
    expect(german.html).toContain("Seite 2 von 3");
    expect(english.html).toContain("Page 2 of 3");
    const chosen = await fetchDocument(url, "/?page=2", { cookie: "django_language=de" });
    expect([chosen.mark, chosen.html]).toEqual(["HIT", german.html]);
  });

  test.each([
    ["/products/999", 404],
    ["/products/cup", 404],
    ["/?page=0", 404],
  ])("%s leads nowhere, and says so with %i and a page", async (path, status) => {
    const { status: found, html, mark } = await fetchDocument(url, path);
    expect(found).toBe(status);
    expect(html).toContain("Nothing on this shelf");
    expect(html).toContain('<meta name="robots" content="noindex"/>');
    expect(mark).not.toBe("HIT");
  });

  test("Django's own page holds a component, with what it needs to go on", async () => {
    const { html, status } = await fetchDocument(url, "/en/card/6/");
    expect(status).toBe(200);
    expect(html).toContain("<title>Greeting card – Kiln Street</title>");
    expect(html).toMatch(/<div id="mizan-root"><div class="greeting"/);
    expect(html).toContain("For you, with love.");
  });
});

test("the first bytes are a page that can be read, long before the slowest context", async () => {
  await project.mizan(["edge", "purge", "delivery"]);
  const arrivals = await fetchStream(url, "/products/3");
  const early = arrivals.find(({ text }) => text.includes("€42.00"));
  const late = arrivals.find(({ text }) => text.includes("€14.90"));
  if (early === undefined || late === undefined) throw new Error("a part did not come");
  expect(early.text).not.toContain("€14.90");
  expect(late.afterMs).toBeGreaterThan(SLOW_SECONDS * 1000);
  expect(early.afterMs).toBeLessThan(late.afterMs / 2);
  expect(arrivals.map(({ text }) => text).join("")).toMatch(END_MARK);
});

describe("a browser takes over, without a word on its console,", () => {
  test.each([
    ["the shelf", "shelf", "/", "Made by hand, one at a time."],
    ["a piece", "piece", "/products/1", "Morning cup"],
  ])("%s", async (_what, name, path, heading) => {
    const { page, complaints, close } = await visit();
    await page.goto(path);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await showScreen(page, name);
    // Only what React has taken over does this.
    await page.getByRole("button", { name: "Deutsch" }).click();
    await page.getByRole("link", { name: "Anmelden", exact: true }).waitFor();
    expect(complaints).toEqual([]);
    // The next document is in the chosen language from its first byte on.
    await page.reload();
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
    await page.getByRole("link", { name: "Anmelden", exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test("a piece that is not there", async () => {
    const { page, complaints, close } = await visit();
    await page.goto("/products/999");
    await page.getByRole("heading", { level: 1, name: "Nothing on this shelf" }).waitFor();
    await showScreen(page, "not-found");
    await page.getByRole("link", { name: "To the shop" }).click();
    await page.getByRole("heading", { name: "Morning cup" }).waitFor();
    // The browser itself notes the document's status.
    expect(complaints.filter((each) => !each.includes("status of 404"))).toEqual([]);
    await close();
  });

  test("the component in Django's page", async () => {
    const { page, complaints, close } = await visit();
    await page.goto("/en/card/6/");
    await showScreen(page, "greeting-card");
    await page.getByLabel("Your words").fill("Many happy returns, Tom");
    await page.locator("figure").getByText("Many happy returns, Tom").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});

test("links lead from page to page without another document, and addresses work by themselves", async () => {
  const { page, complaints, documents, close } = await visit();
  await page.goto("/");
  await page.getByRole("link", { name: "Next →" }).click();
  await page.getByText("Page 2 of 3").waitFor();
  await page.goBack();
  await page.getByText("Page 1 of 3").waitFor();
  await page.getByRole("link", { name: "River plate" }).click();
  await page.getByRole("heading", { level: 1, name: "River plate" }).waitFor();
  await page.getByText("Express").waitFor();
  expect(await page.title()).toBe("River plate – Kiln Street");
  expect(documents).toEqual(["/"]);
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "River plate" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("somebody signs in and changes a price: they see it, and so does everybody, from the next document on", async () => {
  for (const path of ["/products/4", "/"]) {
    await fetchDocument(url, path);
    const { mark, html } = await fetchDocument(url, path);
    expect(mark).toBe("HIT");
    expect(html).toContain("€89.00");
  }
  const { page, complaints, close } = await visit();
  await signIn(page, "potter");
  await changePriceOfVase(page, "95.50");

  await page.getByRole("link", { name: "Tall vase" }).click();
  await page.locator(".price").getByText("€95.50").waitFor();
  await page.getByText("Express").waitFor();
  await page.reload();
  await page.locator(".price").getByText("€95.50").waitFor();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await page.getByRole("button", { name: "Put in the cart" }).click();
  await page.getByRole("link", { name: /^Cart\s*1$/ }).waitFor();
  await showScreen(page, "piece-signed-in");
  expect(complaints).toEqual([]);
  await close();

  for (const path of ["/products/4", "/"]) {
    const marks: string[] = [];
    for (const _ of ["first", "second"]) {
      const { mark, html } = await fetchDocument(url, path);
      marks.push(mark);
      expect(html).toContain("€95.50");
      expect(html).not.toContain("€89.00");
      expect(html).not.toMatch(/"name":"potter"|Sign out/);
    }
    expect(marks, path).toEqual(["MISS", "HIT"]);
  }
});

test("the page of somebody who is signed in is theirs alone, and never stored", async () => {
  const { page, close } = await visit();
  await signIn(page, "ana");
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  for (const _ of ["first", "second"]) {
    const { html, mark } = await fetchDocument(url, "/products/1", { cookie });
    expect(html).toContain("Put in the cart");
    expect(html).toContain('"made_for":"');
    expect(mark).toMatch(/^BYPASS/);
  }
  const { html } = await fetchDocument(url, "/products/1");
  expect(html).toContain("Sign in to buy");
  expect(html).not.toContain('"made_for":"');
  await close();
});

test("without scripts everything can be read, links lead on, and a review can be written", async () => {
  const { page, documents, close } = await visit({ javaScriptEnabled: false });
  await walkWithoutScripts(page, REVIEW);
  expect(documents.slice(0, 4)).toEqual(["/", "/", "/", "/products/6"]);
  await page.goto("/products/6");
  expect(await page.getByRole("button", { name: "Deutsch" }).isVisible()).toBe(false);
  await page.goto("/en/card/6/");
  await page.locator("figure").getByText("For you, with love.").waitFor();
  await close();
});

test("a review that is published is in everybody's next document", async () => {
  const [tom, potter] = [new ShopVisitor(url), new ShopVisitor(url)];
  await tom.signUp("reader", PASSWORD);
  await potter.signIn("potter", PASSWORD);
  expect((await fetchDocument(url, "/products/6")).html).not.toContain(REVIEW);
  const { id, product_id } = await findWaitingReview(potter);
  const args = { product_id, review_id: id };
  expect((await tom.call("publish_review", args)).status).toBe(403);
  expect((await potter.call("publish_review", args)).status).toBe(200);
  const [first, second] = [
    await fetchDocument(url, "/products/6"),
    await fetchDocument(url, "/products/6"),
  ];
  expect([first.mark, second.mark]).toEqual(["MISS", "HIT"]);
  expect(first.html).toContain(REVIEW);
});

describe("when a renderer is dead", () => {
  const PATTERN = "/products/:product_id";

  // Each is back soon: of three pages at least one meets its absence.
  test("the SSR server renders the page, and it is whole", async () => {
    const before = await readStats(project, PATTERN);
    for (const path of ["/products/7", "/products/8", "/products/9"]) {
      await killProcesses(project, ["render"]);
      const { html, status } = await fetchDocument(url, path);
      expect(status).toBe(200);
      expect(html).toMatch(/<h1>[^<]+<\/h1><p class="price">€/);
      expect(html).toContain("</html>");
      expect(html).not.toContain("__MIZAN_SSR_STEP__");
    }
    const after = await readStats(project, PATTERN);
    expect(after.ssr).toBeGreaterThan(before.ssr);
    expect(after.broken).toBe(before.broken);
  });

  test("and with both dead the browser does it: nobody sees an empty page", async () => {
    const before = await readStats(project, PATTERN);
    const { page, complaints, close } = await visit();
    for (const path of ["/products/10", "/products/11", "/products/12"]) {
      await killProcesses(project, ["render", "ssr"]);
      await page.goto(path);
      await page.locator(".price").getByText("€").waitFor();
      await page.getByText("Express").waitFor();
    }
    expect(complaints).toEqual([]);
    const after = await readStats(project, PATTERN);
    expect(after.shell).toBeGreaterThan(before.shell);
    await close();
  });

  test("and a release whose SSR server cannot start is up all the same, until the next command finds it", async () => {
    const bun = await findBun(project);
    await project.mizan(["down"]);
    await rename(bun, `${bun}.away`);
    await project.mizan(["up"]);
    expect((await fetchDocument(url, "/products/13")).html).toMatch(
      /<h1>[^<]+<\/h1><p class="price">€/,
    );
    await rename(`${bun}.away`, bun);
    await killProcesses(project, ["ssr"]); // `status` brings it back first
    expect((await fetchDocument(url, "/en/card/5/")).html).toContain("greeting-words");
  });
});
