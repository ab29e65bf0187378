import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, describe, expect, test, vi } from "vitest";
import { App } from "./app.tsx";
import { EMPTY_START } from "./start.ts";
import { type Exchange, forgetLanguage, refuse, startTestServer, TOKEN } from "./test-server.ts";
import { cartOf, catalogOf, deliveryOf, globalOf, productOf } from "./test-shop.ts";

afterEach(() => {
  cleanup();
  forgetLanguage();
  vi.unstubAllGlobals();
});

const SHOP = {
  "GET /api/mizan/session/": { csrf_token: "x" },
  "GET /api/mizan/ctx/global/": globalOf(null),
  "GET /api/mizan/ctx/delivery/": ({ headers }: Exchange) => deliveryOf(userOf(headers)),
  "GET /api/mizan/ctx/catalog/": ({ headers }: Exchange) => catalogOf(userOf(headers)),
  "GET /api/mizan/ctx/product/": ({ headers }: Exchange) => productOf(userOf(headers)),
};

const userOf = (headers: Headers) => (headers.has("x-mizan-token") ? "7" : null);

function openPage(path: string) {
  render(
    <MemoryRouter initialEntries={[path]}>
      <App start={EMPTY_START} />
    </MemoryRouter>,
  );
}

describe("the shelf", () => {
  test("shows pieces that lead to their pages", async () => {
    startTestServer(SHOP);
    openPage("/");
    const link = await screen.findByRole("link", { name: "Morning cup" });
    expect(link.getAttribute("href")).toBe("/products/1");
    expect(screen.getByText("€24.00")).toBeDefined();
  });

  test("is in German for those who want it", async () => {
    startTestServer(SHOP);
    openPage("/");
    fireEvent.click(await screen.findByRole("button", { name: "Deutsch" }));
    expect(await screen.findByRole("link", { name: "Morgentasse" })).toBeDefined();
    expect(screen.getByText("18 auf Lager")).toBeDefined();
    expect(document.documentElement.lang).toBe("de");
    expect(document.cookie).toContain("django_language=de"); // the server's next page, too
  });

  test("says what failed and tries again", async () => {
    let isDown = true;
    startTestServer({
      ...SHOP,
      "GET /api/mizan/ctx/catalog/": () => (isDown ? refuse(400, "The kiln is hot.") : catalogOf()),
    });
    openPage("/");
    const retry = await screen.findByRole("button", { name: "Try again" });
    isDown = false;
    fireEvent.click(retry);
    expect(await screen.findByText("Morning cup")).toBeDefined();
  });
});

describe("buying", () => {
  test("begins with an account", async () => {
    let user: number | null = null;
    const exchanges = startTestServer({
      ...SHOP,
      "GET /api/mizan/ctx/global/": () => globalOf(user),
      "GET /api/mizan/ctx/cart/": cartOf(0),
      "call mwt_obtain": TOKEN,
      "POST /api/session/": () => {
        user = 7;
        return { user: { id: 7, name: "ana" } };
      },
    });
    openPage("/products/1");
    fireEvent.click(await screen.findByRole("link", { name: "Sign in to buy" }));
    fireEvent.change(screen.getByLabelText("User name"), { target: { value: "ana" } });
    fireEvent.change(screen.getByLabelText("Password"), { target: { value: "quiet-reed-bed" } });
    fireEvent.submit(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("button", { name: "Put in the cart" })).toBeDefined();
    const signIn = exchanges.find(({ path }) => path === "/api/session/");
    expect(signIn?.body).toEqual({ username: "ana", password: "quiet-reed-bed" });
  });

  test("puts the piece in the cart and shows how many are in it", async () => {
    let quantity = 0;
    startTestServer({
      ...SHOP,
      "GET /api/mizan/ctx/global/": globalOf(7),
      "GET /api/mizan/ctx/cart/": () => cartOf(quantity),
      "call mwt_obtain": TOKEN,
      "call add_to_cart": () => {
        quantity += 1;
        return { result: null, invalidate: [{ context: "cart", params: { user_id: 7 } }] };
      },
    });
    openPage("/products/1");
    fireEvent.click(await screen.findByRole("button", { name: "Put in the cart" }));
    expect(await screen.findByRole("link", { name: /^Cart\s*1$/ })).toBeDefined();
  });

  test("changes the quantity with the answer alone", async () => {
    const exchanges = startTestServer({
      ...SHOP,
      "GET /api/mizan/ctx/global/": globalOf(7),
      "GET /api/mizan/ctx/cart/": cartOf(1),
      "call mwt_obtain": TOKEN,
      "call set_cart_quantity": ({ body }) => {
        const value = cartOf(Number(body?.args?.["quantity"])).cart_contents;
        const merge = { context: "cart", slot: "cart_contents", value, params: { user_id: 7 } };
        return { result: value, merge: [merge] };
      },
    });
    openPage("/cart");
    fireEvent.change(await screen.findByLabelText("Quantity: Morning cup"), {
      target: { value: "3" },
    });
    expect(await screen.findByText("€72.00")).toBeDefined();
    expect(exchanges.filter(({ path }) => path.includes("ctx/cart/"))).toHaveLength(1);
  });
});

test("who signs out leaves no request of theirs behind", async () => {
  let user: number | null = 7;
  const exchanges = startTestServer({
    ...SHOP,
    "GET /api/mizan/ctx/global/": () => globalOf(user),
    "GET /api/mizan/ctx/cart/": cartOf(1),
    "call mwt_obtain": TOKEN,
    "DELETE /api/session/": () => {
      user = null;
      return { user: null };
    },
  });
  openPage("/");
  fireEvent.click(await screen.findByRole("button", { name: "Sign out" }));
  expect(await screen.findByRole("link", { name: "Sign in" })).toBeDefined();
  expect(await screen.findByText("Morning cup")).toBeDefined();
  const without = exchanges.filter(({ headers }) => !headers.has("x-mizan-token"));
  expect(without.map(({ path }) => path)).not.toContain("/api/mizan/ctx/cart/?user_id=7");
});

test("the workshop is closed to customers", async () => {
  startTestServer({
    ...SHOP,
    "GET /api/mizan/ctx/global/": globalOf(7),
    "GET /api/mizan/ctx/cart/": cartOf(0),
    "call mwt_obtain": TOKEN,
  });
  openPage("/desk");
  expect(await screen.findByText("This page is for the workshop.")).toBeDefined();
});
