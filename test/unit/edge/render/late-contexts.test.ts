import { describe, expect, it } from "vitest";
import { LateContexts } from "../../../../edge/render/late-contexts.ts";

const SCRIPT = /<script>(.*?)<\/script>/gs;

/** Runs scripts as a browser would, over what the payload's script has set. */
function runScripts(html: string, window: Record<string, unknown>): void {
  for (const [, code] of html.matchAll(SCRIPT)) {
    const names = Object.keys(window);
    new Function("window", ...names, code ?? "")(window, ...names.map((name) => window[name]));
  }
}

describe("LateContexts", () => {
  it("makes the same promises in the browser, settled by the scripts of what arrives", async () => {
    const late = new LateContexts(["a", "b", "c"]);
    const contexts: Record<string, Promise<unknown> & { status?: string; value?: unknown }> = {};
    const window: Record<string, unknown> = { __MIZAN_SSR_DATA__: { contexts } };
    runScripts(late.buildStart(), window);
    expect(Object.keys(contexts)).toEqual(["a", "b", "c"]);
    expect(contexts["a"]?.status).toBe("pending");
    late.add({ context: "b", value: { text: "</script>" } });
    late.add({ context: "a", error: { status: 503, code: "down" } });
    const scripts = late.takeScripts();
    expect(scripts.match(SCRIPT)).toHaveLength(2);
    runScripts(scripts, window);
    expect(contexts["b"]).toMatchObject({ status: "fulfilled", value: { text: "</script>" } });
    await expect(contexts["b"]).resolves.toEqual({ text: "</script>" });
    const error = { message: "context a: 503 down", context: "a", status: 503, code: "down" };
    await expect(contexts["a"]).rejects.toMatchObject(error);
    expect(contexts["c"]?.status).toBe("pending");
  });

  it("settles its own promises only once their scripts are taken, where somebody writes them", async () => {
    const late = new LateContexts(["a"]);
    let arrivals = 0;
    late.onArrival = () => {
      arrivals += 1;
    };
    let value: unknown = null;
    void late.promises["a"]?.then((settled) => {
      value = settled;
    });
    late.add({ context: "a", value: 1 });
    await Promise.resolve();
    expect([arrivals, value, late.isComplete]).toEqual([1, null, true]);
    late.takeScripts();
    await Promise.resolve();
    expect(value).toBe(1);
    expect(late.promises["a"]).toMatchObject({ status: "fulfilled", value: 1 });
  });

  it("settles them at once before that, and keeps their scripts", async () => {
    const late = new LateContexts(["a"]);
    late.add({ context: "a", value: 1 });
    await expect(late.promises["a"]).resolves.toBe(1);
    expect(late.takeScripts()).toBe(`<script>__MIZAN_SSR_LATE__("a",1)</script>`);
    expect(late.takeScripts()).toBe("");
  });

  it("takes each context once, and none that was not asked for", async () => {
    const late = new LateContexts(["a", "a"]);
    late.add({ context: "a", value: 1 });
    late.add({ context: "a", value: 2 });
    late.add({ context: "b", value: 3 });
    await expect(late.promises["a"]).resolves.toBe(1);
    expect(Object.keys(late.promises)).toEqual(["a"]);
    expect(late.takeScripts()).not.toMatch(/[23]/);
  });

  it("rejects the rest, whether anybody looks or not", async () => {
    const late = new LateContexts(["a", "b"]);
    late.add({ context: "b", value: 1 });
    late.failRest();
    expect(late.isComplete).toBe(true);
    await expect(late.promises["a"]).rejects.toMatchObject({ context: "a", status: 0, code: "" });
    await expect(late.promises["b"]).resolves.toBe(1);
  });

  it("writes nothing when nothing is late", () => {
    const late = new LateContexts([]);
    expect([late.buildStart(), late.takeScripts(), late.isComplete]).toEqual(["", "", true]);
  });
});
