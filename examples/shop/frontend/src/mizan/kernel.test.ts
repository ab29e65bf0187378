import { afterEach, describe, expect, test, vi } from "vitest";
import { type Exchange, refuse, startTestServer, TOKEN } from "../test-server.ts";
import { type ContextState, Kernel } from "./kernel.ts";
import { RequestError } from "./request.ts";
import type { Params } from "./wire.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A kernel of a visitor, or of a user who is signed in. */
function startKernel(userId: string | null = null, onSessionEnd?: () => void): Kernel {
  const kernel = new Kernel(onSessionEnd);
  kernel.setUser(userId);
  return kernel;
}

/** Shows a context, and waits for its state as components do. */
function show(kernel: Kernel, context: string, params: Params = {}) {
  kernel.subscribe(context, params, () => {});
  const settle = () =>
    vi.waitFor((): ContextState => {
      const state = kernel.getState(context, params);
      if (state.isLoading) throw new Error("still loading");
      return state;
    });
  return { settle };
}

const asked = (exchanges: Exchange[], part: string) =>
  exchanges.filter(({ path, body }) => path.includes(part) || body?.fn === part);

describe("contexts", () => {
  test("are fetched once for all who show them", async () => {
    const exchanges = startTestServer({ "GET /api/mizan/ctx/catalog/": { catalog_page: 1 } });
    const kernel = startKernel();
    show(kernel, "catalog", { page: 2 });
    const { bundle } = await show(kernel, "catalog", { page: 2 }).settle();
    expect(bundle).toEqual({ catalog_page: 1 });
    expect(exchanges.map(({ path }) => path)).toEqual(["/api/mizan/ctx/catalog/?page=2"]);
  });

  test("are asked for again when the server stumbles", async () => {
    let tries = 0;
    startTestServer({
      "GET /api/mizan/ctx/catalog/": () => {
        tries += 1;
        return tries < 3 ? new Response("", { status: 502 }) : { catalog_page: 1 };
      },
    });
    const { bundle } = await show(startKernel(), "catalog").settle();
    expect([bundle, tries]).toEqual([{ catalog_page: 1 }, 3]);
  });

  test("say why they failed", async () => {
    startTestServer({ "GET /api/mizan/ctx/product/": () => refuse(404, "No such piece.") });
    const { error, bundle } = await show(startKernel(), "product", { product_id: 9 }).settle();
    expect([error?.status, error?.message, bundle]).toEqual([404, "No such piece.", null]);
  });

  test("that were made for somebody else are not shown", async () => {
    startTestServer({
      "call mwt_obtain": TOKEN,
      "GET /api/mizan/ctx/cart/": { cart_contents: { made_for: "8", items: ["secret"] } },
    });
    const kernel = startKernel("7");
    const { bundle, error } = await show(kernel, "cart").settle();
    expect(bundle).toBeNull();
    expect(error?.message).toContain("not made for you");
  });
});

describe("a signed-in user", () => {
  test("is waited for: until it is known who asks, nothing is asked", async () => {
    const exchanges = startTestServer({
      "call mwt_obtain": TOKEN,
      "GET /api/mizan/ctx/cart/": { cart_contents: 1 },
    });
    const kernel = new Kernel();
    const cart = show(kernel, "cart");
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(exchanges).toEqual([]);
    kernel.setUser("7");
    expect((await cart.settle()).bundle).toEqual({ cart_contents: 1 });
  });

  test("sends one token with every request", async () => {
    const exchanges = startTestServer({
      "call mwt_obtain": TOKEN,
      "call add_to_cart": { result: null },
      "GET /api/mizan/ctx/cart/": {},
      "GET /api/mizan/ctx/orders/": {},
    });
    const kernel = startKernel("7");
    await Promise.all([show(kernel, "cart").settle(), show(kernel, "orders").settle()]);
    await kernel.call("add_to_cart", {});
    expect(asked(exchanges, "mwt_obtain")).toHaveLength(1);
    const others = exchanges.filter(({ body }) => body?.fn !== "mwt_obtain");
    expect(others.map(({ headers }) => headers.get("x-mizan-token"))).toEqual(
      Array(3).fill("a.b.c"),
    );
  });

  test("gets the next token before the old one ends", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const exchanges = startTestServer({ "call mwt_obtain": TOKEN, "call look": { result: 1 } });
    const kernel = startKernel("7");
    await kernel.call("look", {});
    vi.advanceTimersByTime(269_000);
    await kernel.call("look", {});
    expect(asked(exchanges, "mwt_obtain")).toHaveLength(1);
    vi.advanceTimersByTime(2_000);
    await kernel.call("look", {});
    expect(asked(exchanges, "mwt_obtain")).toHaveLength(2);
  });

  test("whose session has ended is told", async () => {
    startTestServer({ "call mwt_obtain": () => refuse(401, "Sign in first.") });
    const onSessionEnd = vi.fn();
    const kernel = startKernel("7", onSessionEnd);
    await expect(kernel.call("look", {})).rejects.toThrow("Sign in first.");
    expect(onSessionEnd).toHaveBeenCalledOnce();
  });

  test("leaves nothing to the next one", async () => {
    startTestServer({
      "call mwt_obtain": TOKEN,
      "GET /api/mizan/ctx/cart/": ({ headers }: Exchange) => ({
        cart_contents: { made_for: headers.has("x-mizan-token") ? "7" : null },
      }),
    });
    const kernel = startKernel("7");
    const cart = show(kernel, "cart");
    await cart.settle();
    kernel.setUser(null);
    expect(kernel.getState("cart", {}).bundle).toBeNull();
    expect((await cart.settle()).bundle).toEqual({ cart_contents: { made_for: null } });
  });
});

describe("what came with the page", () => {
  const madeFor = (userId: string | null, name = "cup") => ({
    product_detail: { made_for: userId, name },
  });
  const product = { context: "product", params: { product_id: 1 } };

  test.each([null, "7"])("is shown without a request, if it was made for %s", async (userId) => {
    const exchanges = startTestServer({});
    const kernel = new Kernel();
    kernel.seed({ ...product, bundle: madeFor(userId) }, userId);
    kernel.subscribe("product", { product_id: 1 }, () => {});
    kernel.setUser(userId);
    expect(kernel.getState("product", { product_id: 1 })).toEqual({
      bundle: madeFor(userId),
      error: null,
      isLoading: false,
    });
    expect(exchanges).toEqual([]);
  });

  test.each([
    ["the page's", "8", "7"],
    ["the one who is there now", "7", undefined],
  ])("is fetched anew if its user is not %s", async (_which, madeForUser, pageUser) => {
    startTestServer({
      "call mwt_obtain": TOKEN,
      "GET /api/mizan/ctx/product/": madeFor(null, "fetched"),
    });
    const kernel = new Kernel();
    kernel.seed({ ...product, bundle: madeFor(madeForUser) }, pageUser);
    kernel.setUser(null);
    const { bundle } = await show(kernel, "product", { product_id: 1 }).settle();
    expect(bundle).toEqual(madeFor(null, "fetched"));
  });

  test("changes like everything else, but stays as it was for what is hydrated later", async () => {
    startTestServer({
      "call change": { result: null, invalidate: ["product"] },
      "GET /api/mizan/ctx/product/": madeFor(null, "new"),
    });
    const kernel = new Kernel();
    kernel.seed({ ...product, bundle: madeFor(null) }, null);
    kernel.setUser(null);
    const shown = show(kernel, "product", { product_id: 1 });
    await kernel.call("change", {});
    expect((await shown.settle()).bundle).toEqual(madeFor(null, "new"));
    expect(kernel.getSeededState("product", { product_id: 1 }).bundle).toEqual(madeFor(null));
  });

  test("is waited for when it comes later, and asked for when it does not come", async () => {
    startTestServer({ "GET /api/mizan/ctx/catalog/": { catalog_page: 1 } });
    const kernel = new Kernel();
    kernel.seed({ ...product, bundle: Promise.resolve(madeFor(null)) }, null);
    const lost = Promise.reject(new Error("The origin does not answer."));
    kernel.seed({ context: "catalog", params: {}, bundle: lost }, null);
    await kernel.getLate("product", { product_id: 1 });
    await kernel.getLate("catalog", {});
    expect(kernel.getLate("product", { product_id: 1 })).toBeNull();
    expect(kernel.getState("product", { product_id: 1 }).bundle).toEqual(madeFor(null));
    kernel.setUser(null);
    expect((await show(kernel, "catalog").settle()).bundle).toEqual({ catalog_page: 1 });
  });

  test("says what failed, until somebody tries again", async () => {
    startTestServer({ "GET /api/mizan/ctx/product/": madeFor(null) });
    const kernel = new Kernel();
    kernel.seed({ ...product, error: new RequestError(503, "Busy.") }, null);
    kernel.setUser(null);
    const shown = show(kernel, "product", { product_id: 1 });
    expect(kernel.getState("product", { product_id: 1 }).error?.message).toBe("Busy.");
    kernel.invalidate(["product"]);
    expect((await shown.settle()).bundle).toEqual(madeFor(null));
  });
});

test("a call that comes before it is known who is there waits for that", async () => {
  const exchanges = startTestServer({ "call mwt_obtain": TOKEN, "call look": { result: 1 } });
  const kernel = new Kernel();
  const looked = kernel.call("look", {});
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(exchanges).toEqual([]);
  kernel.setUser("7");
  expect(await looked).toBe(1);
  expect(asked(exchanges, "look")[0]?.headers.get("x-mizan-token")).toBe("a.b.c");
});

describe("a call", () => {
  async function startProducts(answer: object) {
    const exchanges = startTestServer({
      "GET /api/mizan/ctx/product/": { product_detail: "old", product_reviews: [] },
      "GET /api/mizan/ctx/catalog/": { catalog_page: 1 },
      "call change": answer,
    });
    const kernel = startKernel();
    await Promise.all([
      show(kernel, "product", { product_id: 1 }).settle(),
      show(kernel, "product", { product_id: 2 }).settle(),
      show(kernel, "catalog", { page: 1 }).settle(),
    ]);
    exchanges.length = 0;
    await kernel.call("change", {});
    await vi.waitFor(() => expect(kernel.getState("catalog", { page: 1 }).isLoading).toBe(false));
    return { kernel, paths: exchanges.slice(1).map(({ path }) => path) };
  }

  test.each([
    ["a whole context", ["product"], ["product/?product_id=1", "product/?product_id=2"]],
    [
      "one of its parameters",
      [{ context: "product", params: { product_id: 2 } }],
      ["product/?product_id=2"],
    ],
    ["a function", ["catalog_page"], ["catalog/?page=1"]],
    [
      "a parameter that was not asked with",
      [{ context: "catalog", params: { lang: "de" } }],
      ["catalog/?page=1"],
    ],
    ["something that is not shown", ["orders"], []],
  ])("fetches again what it invalidates: %s", async (_what, invalidate, wanted) => {
    const { paths } = await startProducts({ result: null, invalidate });
    expect(paths).toEqual(wanted.map((path) => `/api/mizan/ctx/${path}`));
  });

  test("puts what it merges in its slot, without a fetch", async () => {
    const merge = {
      context: "product",
      slot: "product_detail",
      value: "new",
      params: { product_id: 1 },
    };
    const { kernel, paths } = await startProducts({ result: "new", merge: [merge] });
    expect(paths).toEqual([]);
    expect(kernel.getState("product", { product_id: 1 }).bundle).toEqual({
      product_detail: "new",
      product_reviews: [],
    });
    expect(kernel.getState("product", { product_id: 2 }).bundle?.["product_detail"]).toBe("old");
  });

  test("is never repeated", async () => {
    const exchanges = startTestServer({ "call change": () => new Response("", { status: 502 }) });
    await expect(startKernel().call("change", {})).rejects.toThrow("502");
    expect(exchanges).toHaveLength(1);
  });

  test("an answer that is older than the change is dropped", async () => {
    let release = (_response: Response) => {};
    let fetches = 0;
    vi.stubGlobal("fetch", (path: string) => {
      if (path.endsWith("call/")) {
        return Promise.resolve(Response.json({ result: null, invalidate: ["catalog"] }));
      }
      fetches += 1;
      if (fetches > 1) return Promise.resolve(Response.json({ catalog_page: "new" }));
      return new Promise<Response>((resolve) => {
        release = resolve;
      });
    });
    const kernel = startKernel();
    const catalog = show(kernel, "catalog");
    await kernel.call("change", {});
    await catalog.settle();
    release(Response.json({ catalog_page: "old" }));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(kernel.getState("catalog", {}).bundle).toEqual({ catalog_page: "new" });
  });
});
