/** The pages as the server renders them and as the browser takes them over. */

import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { type ReactNode, StrictMode } from "react";
import { hydrateRoot, type Root } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { App } from "../app.tsx";
import { type PageProps, settleProps } from "../mizan/page-props.ts";
import { readStart } from "../start.ts";
import { forgetLanguage, startTestServer, TOKEN } from "../test-server.ts";
import { cartOf, catalogOf, deliveryOf, globalOf, productOf } from "../test-shop.ts";
import GreetingCard from "./greeting-card.tsx";

const server = "../../node_modules/.cache/kiln-street/test-render.js"; // made by test-build.ts
const { openPage, renderPage, renderCard }: typeof import("../test-render.tsx") = await import(
  /* @vite-ignore */ server
);

const SESSION = { "GET /api/mizan/session/": { csrf_token: "x" } };

const CATALOG: PageProps = {
  path: "/",
  params: {},
  language: "en",
  contexts: { global: globalOf(null), catalog: catalogOf() },
};
const PRODUCT: PageProps = {
  path: "/products/1",
  params: { product_id: "1" },
  language: "en",
  contexts: { global: globalOf(null), product: productOf(), delivery: deliveryOf() },
};
const missing = (status: number): PageProps => ({
  ...PRODUCT,
  contexts: { global: globalOf(null) },
  error: { context: "product", status, code: "NOT_FOUND" },
});

let roots: Root[] = [];
let errors: unknown[][] = [];
beforeEach(() => {
  roots = [];
  errors = [];
  // React says here what does not match.
  vi.spyOn(console, "error").mockImplementation((...words) => void errors.push(words));
});
afterEach(async () => {
  await act(() => {
    for (const root of roots) root.unmount();
  });
  cleanup();
  document.body.innerHTML = "";
  document.head.innerHTML = "";
  forgetLanguage();
  history.replaceState(null, "", "/");
  vi.unstubAllGlobals();
});

/** As the document does it: what belongs to the head is there, the rest in the root element. */
function showHtml(html: string): HTMLElement {
  const [, head = "", rest = ""] =
    /^((?:<title>.*?<\/title>|<(?:meta|link)\b[^>]*>)*)(.*)$/s.exec(html) ?? [];
  document.head.innerHTML = head;
  document.body.innerHTML = `<div id="mizan-root">${rest}</div>`;
  const root = document.getElementById("mizan-root");
  if (!root) throw new Error("no root");
  return root;
}

async function hydrate(root: HTMLElement, node: ReactNode): Promise<void> {
  await act(async () => {
    roots.push(
      hydrateRoot(root, <StrictMode>{node}</StrictMode>, {
        onRecoverableError: (error) => void errors.push([error]),
      }),
    );
  });
}

async function takeOver(props: PageProps, html: string): Promise<void> {
  history.replaceState(null, "", props.path);
  const start = readStart(await settleProps(props));
  await hydrate(
    showHtml(html),
    <BrowserRouter>
      <App start={start} />
    </BrowserRouter>,
  );
}

describe("each page", () => {
  test.each([
    ["the shelf", CATALOG, "Morning cup", []],
    ["a piece", PRODUCT, "Keeps warm.", []],
    ["a piece in German", { ...PRODUCT, language: "de" }, "Morgentasse", []],
    ["a piece that is not there", missing(404), "Nothing on this shelf", []],
    ["a piece that could not be fetched", missing(503), "Try again", []],
    ["a shelf that is not there", { ...CATALOG, params: { page: "x" } }, "Nothing on", []],
  ] satisfies [string, PageProps, string, string[]][])(
    "is whole before any script, and is taken over without a fetch or a word: %s",
    async (_which, props, wanted) => {
      const exchanges = startTestServer(SESSION);
      const html = await renderPage(props);
      expect(html).toContain(wanted);
      expect(exchanges).toEqual([]);
      const address = props.params["page"] ? `/?page=${props.params["page"]}` : props.path;
      await takeOver({ ...props, path: address }, html);
      expect(errors).toEqual([]);
      expect(exchanges.map(({ path }) => path)).toContain("/api/mizan/session/");
      expect(exchanges.filter(({ path }) => path.includes("/ctx/"))).toEqual([]);
    },
  );

  test("says in its head what it is, and offers an account to those who have none", async () => {
    const html = await renderPage(PRODUCT);
    expect(html).toContain("<title>Morning cup – Kiln Street</title>");
    expect(html).toContain('<meta name="description" content="Warm."/>');
    expect(html).toContain('href="/sign-in"');
    expect(html).toContain("Sign in to buy");
    expect(await renderPage(missing(404))).toContain('<meta name="robots" content="noindex"/>');
  });

  test("says the same day wherever it is read", async () => {
    expect(await renderPage(PRODUCT)).toContain("30 June 2026");
  });

  test("has the second shelf where the address asks for it", async () => {
    const shelf = { catalog_page: { ...catalogOf().catalog_page, page: 2, pages: 3 } };
    const contexts = { global: globalOf(null), catalog: shelf };
    const html = await renderPage({ ...CATALOG, params: { page: "2" }, contexts });
    expect(html).toContain("Page 2 of 3");
    expect(html).toContain('href="/?page=3"');
  });
});

describe("the page of somebody who is signed in", () => {
  const hers: PageProps = {
    ...PRODUCT,
    contexts: { global: globalOf(7), product: productOf("7"), delivery: deliveryOf("7") },
  };

  test("is theirs at once; their cart comes with their token", async () => {
    const exchanges = startTestServer({
      ...SESSION,
      "call mwt_obtain": TOKEN,
      "GET /api/mizan/ctx/cart/": cartOf(2),
    });
    const html = await renderPage(hers);
    expect(html).toContain("Put in the cart");
    expect(html).not.toContain("Sign in");
    await takeOver(hers, html);
    expect(await screen.findByRole("link", { name: /^Cart\s*2$/ })).toBeDefined();
    expect(errors).toEqual([]);
    const contexts = exchanges.filter(({ path }) => path.includes("/ctx/"));
    expect(contexts.map(({ path }) => path)).toEqual(["/api/mizan/ctx/cart/?user_id=7"]);
  });

  test("shows nothing that was made for another, whoever mixed it up", async () => {
    const mixed = { ...hers, contexts: { ...hers.contexts, product: productOf("8", 9900) } };
    const html = await renderPage(mixed);
    expect(html).toContain("Loading…");
    expect(html).not.toContain("€99.00");
  });
});

describe("a context that comes later", () => {
  function startLate() {
    let arrive = (_bundle: unknown) => {};
    let fail = (_error: Error) => {};
    const delivery = new Promise((resolve, reject) => {
      arrive = resolve;
      fail = reject;
    });
    const contexts = { global: globalOf(null), product: productOf(), delivery };
    return { props: { ...PRODUCT, contexts }, arrive, fail };
  }

  test("is waited for by its own part alone: the rest is there before", async () => {
    const { props, arrive } = startLate();
    const stream = await openPage(props);
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    const { value: first = "" } = await reader.read();
    expect(first).toContain("€24.00");
    expect(first).not.toContain("Express");
    arrive(deliveryOf());
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;
    expect(rest).toContain("€14.90");
  });

  test("that has come before the page is begun stands in its place at once", async () => {
    const value = deliveryOf();
    const delivery = Object.assign(Promise.resolve(value), { status: "fulfilled", value });
    const contexts = { global: globalOf(null), product: productOf(), delivery };
    const html = await renderPage({ ...PRODUCT, contexts });
    expect(html).toContain("€14.90");
    expect(html).not.toContain('id="S:0"');
  });

  test("is taken over like the others once it is there", async () => {
    const exchanges = startTestServer(SESSION);
    const { props, arrive } = startLate();
    arrive(deliveryOf());
    const html = await renderPage(props);
    await takeOver(props, html);
    expect(screen.getByText("€14.90")).toBeDefined();
    expect(errors).toEqual([]);
    expect(exchanges.map(({ path }) => path)).not.toContain("/api/mizan/ctx/delivery/");
  });

  test("is fetched by the browser if it failed; the page is whole without it", async () => {
    const exchanges = startTestServer({ ...SESSION, "GET /api/mizan/ctx/delivery/": deliveryOf() });
    const { props, fail } = startLate();
    fail(new Error("The origin does not answer."));
    const html = await renderPage(props);
    await takeOver(props, html);
    expect(await screen.findByText("€14.90")).toBeDefined();
    expect(errors).toEqual([]);
    expect(exchanges.map(({ path }) => path)).toContain("/api/mizan/ctx/delivery/");
  });
});

describe("after it was taken over", () => {
  test("links lead on without the server, and back", async () => {
    startTestServer({
      ...SESSION,
      "GET /api/mizan/ctx/product/": productOf(),
      "GET /api/mizan/ctx/delivery/": deliveryOf(),
    });
    await takeOver(CATALOG, await renderPage(CATALOG));
    await act(async () => fireEvent.click(screen.getByRole("link", { name: "Morning cup" })));
    expect(await screen.findByText("Keeps warm.")).toBeDefined();
    await act(async () => fireEvent.click(screen.getByRole("link", { name: "← All pieces" })));
    expect(await screen.findByRole("heading", { name: "Morning cup" })).toBeDefined();
  });

  test("the language is another at a click", async () => {
    startTestServer(SESSION);
    await takeOver(PRODUCT, await renderPage(PRODUCT));
    await act(async () => fireEvent.click(screen.getByRole("button", { name: "Deutsch" })));
    expect(screen.getByRole("heading", { level: 1, name: "Morgentasse" })).toBeDefined();
    expect(document.documentElement.lang).toBe("de");
  });
});

describe("the greeting card", () => {
  const props = {
    language: "de",
    name: { en: "Tea for two", de: "Tee zu zweit" },
    shape: "teapot",
    glaze: "ochre",
  } as const;

  test("is there before any script, and shows then what is written", async () => {
    const html = await renderCard(props);
    expect(html).toContain("Für dich, von Herzen.</p>");
    await hydrate(showHtml(html), <GreetingCard {...props} />);
    expect(errors).toEqual([]);
    const words = screen.getByLabelText("Ihre Worte");
    await act(async () => fireEvent.change(words, { target: { value: "Alles Gute, Tom" } }));
    expect(screen.getByText("Alles Gute, Tom", { selector: "p" })).toBeDefined();
    await act(async () => fireEvent.click(screen.getByRole("radio", { name: "Rosé" })));
    expect(document.querySelector(".paper-rose")).not.toBeNull();
  });
});
