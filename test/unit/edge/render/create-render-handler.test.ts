/** The handler over renderers that no framework would be: they ignore their signal, never end, break off. */

import { describe, expect, it } from "vitest";
import { buildEndMark, RENDER_PATH } from "../../../../edge/render/contract.ts";
import { createRenderHandler } from "../../../../edge/render/create-render-handler.ts";
import type { AdapterOptions, RenderApp } from "../../../../edge/render/render-app.ts";

type Source = (
  controller: ReadableStreamDefaultController<Uint8Array>,
  options: AdapterOptions,
) => void;

const NONCE = "nonce-0123456789abcdef";
const SHORT = { shellMs: 60, pageMs: 80 };
const encoder = new TextEncoder();

/** An app whose one component is rendered by what the test writes. */
function createApp(source: Source): RenderApp {
  return {
    bundle: "b",
    components: { "a.tsx": { framework: "react", load: async () => ({ default: {} }) } },
    adapters: {
      react: {
        async render(_, options) {
          const html = new ReadableStream<Uint8Array>({ start: (it) => source(it, options) });
          return { html, isRendered: () => false, head: "" };
        },
      },
    },
    document: { start: "<head>", title: "<title>T</title>", middle: "</head>", end: "</html>" },
    loadSourceMaps: async () => ({}),
  };
}

interface AskOptions {
  readonly lines?: readonly unknown[];
  readonly late?: readonly string[];
  readonly limits?: { readonly shellMs?: number; readonly pageMs?: number };
}

function ask(source: Source, { lines = [], late = [], limits = {} }: AskOptions = {}) {
  const props = { path: "/", params: {}, language: null, contexts: {} };
  const head = { component: "a.tsx", nonce: NONCE, props, late };
  const body = [head, ...lines].map((line) => JSON.stringify(line)).join("\n");
  const request = new Request(`http://r${RENDER_PATH.page}`, { method: "POST", body });
  const handler = createRenderHandler(createApp(source), {
    limits: { ...limits, htmlBytes: 4096 },
  });
  return handler(request);
}

const write = (controller: ReadableStreamDefaultController<Uint8Array>, text: string) =>
  controller.enqueue(encoder.encode(text));

describe("createRenderHandler", () => {
  it("takes what comes in later turns into the stream, and marks its end", async () => {
    const response = await ask((controller) => {
      write(controller, `<title>New</title><div id="mizan-`);
      write(controller, `root">one`);
      setTimeout(() => {
        write(controller, "two</div>");
        controller.close();
      }, 20);
    });
    const text = await response.text();
    expect(text.startsWith(`<head><title>New</title></head><script>`)).toBe(true);
    expect(text).toContain(`<div id="mizan-root">onetwo</div></html>`);
    expect(text.endsWith(buildEndMark(NONCE, "complete"))).toBe(true);
  });

  it("answers 504 when a renderer settles and then gives nothing", async () => {
    const response = await ask(() => {}, { limits: SHORT });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: { kind: "timeout", component: "a.tsx" } });
  });

  it("breaks the stream off when its renderer breaks, and then there is no mark", async () => {
    const response = await ask((controller) => {
      write(controller, `<div id="mizan-root">`);
      setTimeout(() => controller.error(new Error("gone")), 10);
    });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("gone");
  });

  it("breaks off a renderer that takes no notice of the page's end", async () => {
    const response = await ask((controller) => write(controller, `<div id="mizan-root">`), {
      limits: SHORT,
    });
    await expect(response.text()).rejects.toThrow("took too long");
  });

  it("breaks off a renderer that writes without end", async () => {
    let timer: ReturnType<typeof setInterval> | undefined;
    const response = await ask((controller) => {
      write(controller, `<div id="mizan-root">`);
      timer = setInterval(() => write(controller, "x".repeat(1024)), 1);
    });
    await expect(response.text()).rejects.toThrow("more than 4096 bytes");
    clearInterval(timer);
  });

  it("says recovered for errors that a boundary took, also after the shell", async () => {
    const response = await ask((controller, { onError }) => {
      write(controller, `<div id="mizan-root"></div>`);
      setTimeout(() => {
        onError(new Error("inside"));
        controller.close();
      }, 10);
    });
    expect((await response.text()).endsWith(buildEndMark(NONCE, "recovered"))).toBe(true);
  });

  it("ends a render whose reader has gone, by its signal", async () => {
    let reason: unknown = null;
    const response = await ask((controller, { signal }) => {
      write(controller, `<div id="mizan-root">`);
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
    });
    await response.body?.cancel("gone");
    expect(reason).toBe("gone");
  });

  it("writes late contexts between turns of the renderer, and never inside one", async () => {
    const lines = [
      { context: "a", value: 1 },
      { context: "b", value: 2 },
    ];
    const response = await ask(
      (controller) => {
        write(controller, `<div id="mizan-root"></div>`);
        setTimeout(() => {
          for (const part of ["<p ti", 'tle="', 'x">y', "</p>"]) write(controller, part);
        }, 10);
        setTimeout(() => controller.close(), 30);
      },
      { lines, late: ["a", "b"] },
    );
    const text = await response.text();
    expect(text).toContain(`<p title="x">y</p>`);
    expect(text.match(/__MIZAN_SSR_LATE__\("/g)).toHaveLength(2);
  });
});
