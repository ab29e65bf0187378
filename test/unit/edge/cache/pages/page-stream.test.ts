import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PageStream, streamPage } from "../../../../../edge/cache/pages/page-stream.ts";
import { buildEndMark } from "../../../../../edge/render/contract.ts";

const NONCE = "0123456789abcdef";
const END = "<footer>café</footer></body></html>";
const ROOT = '<div id="mizan-root">';
const RECOVERED = "<!-- recovered -->";

const encoder = new TextEncoder();

interface Given {
  readonly chunks: readonly (string | Uint8Array)[];
  /** The connection breaks at its end. */
  readonly breaks?: boolean;
  /** Nothing more ever comes. */
  readonly hangs?: boolean;
  readonly timeoutMs?: number;
}

function open({ chunks, breaks = false, hangs = false, timeoutMs = 60_000 }: Given): PageStream {
  const left = chunks.map((chunk) => (typeof chunk === "string" ? encoder.encode(chunk) : chunk));
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.shift();
      if (next !== undefined) controller.enqueue(next);
      else if (breaks) controller.error(new Error("Network connection lost."));
      else if (hangs) return new Promise(() => {});
      else controller.close();
      return undefined;
    },
  });
  const page = { begun: [encoder.encode(ROOT)], reader: source.getReader() };
  const recover = () => Promise.resolve(encoder.encode(RECOVERED));
  return streamPage({ page, nonce: NONCE, documentEnd: END, recover, timeoutMs });
}

async function read(given: Given) {
  const { readable, verdict } = open(given);
  const html = await text(readable);
  return { html, verdict: await verdict };
}

function split(html: string, at: readonly number[]): readonly Uint8Array[] {
  const bytes = encoder.encode(html);
  const places = [...new Set(at.map((place) => place % bytes.byteLength))].sort((a, b) => a - b);
  const bounds = [0, ...places, bytes.byteLength];
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}

describe("a page that ends with its mark", () => {
  test.each(["complete", "recovered"] as const)(
    "is passed on byte by byte: %s",
    async (outcome) => {
      const rest = `<p>x</p></div>${END}${buildEndMark(NONCE, outcome)}`;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(1000)), async (at) => {
          const seen = await read({ chunks: split(rest, at) });
          expect(seen).toEqual({ html: ROOT + rest, verdict: outcome });
        }),
        { numRuns: 50 },
      );
    },
  );

  test("a mark anywhere else, of another nonce, or not the whole of it is none", async () => {
    const mark = buildEndMark(NONCE, "complete");
    for (const rest of [
      `${mark}<p>`,
      buildEndMark("another0another0", "complete"),
      mark.slice(1),
    ]) {
      expect(await read({ chunks: [rest] })).toEqual({
        html: ROOT + rest + RECOVERED,
        verdict: "broken",
      });
    }
  });
});

describe("a page without its mark", () => {
  const whole = encoder.encode(`<p>x</p></div>${END}`);

  test("that ends anywhere in its document's end gets the rest of that, else what makes it whole", async () => {
    const endBytes = encoder.encode(END).byteLength;
    for (const breaks of [false, true]) {
      for (let length = 0; length <= whole.byteLength; length += 1) {
        const { html, verdict } = await read({ chunks: [whole.subarray(0, length)], breaks });
        const isSure = length >= whole.byteLength - endBytes + 8;
        if (isSure) expect([html, verdict]).toEqual([`${ROOT}<p>x</p></div>${END}`, "unmarked"]);
        else expect([html.endsWith(RECOVERED), verdict]).toEqual([true, "broken"]);
      }
    }
  });

  test("that stops is given up when its time is over", async () => {
    const { html, verdict } = await read({ chunks: ["<p>half"], hangs: true, timeoutMs: 20 });
    expect([html, verdict]).toEqual([`${ROOT}<p>half${RECOVERED}`, "broken"]);
  });
});

test("a reader that leaves ends the renderer's page", async () => {
  const { readable, verdict } = open({ chunks: ["<p>half"], hangs: true });
  const reader = readable.getReader();
  await reader.read();
  await reader.cancel();
  expect(await verdict).toBe("left");
});

test("nothing is read before somebody wants it", async () => {
  let pulls = 0;
  const source = new ReadableStream<Uint8Array>(
    {
      pull: () => {
        pulls += 1;
      },
    },
    { highWaterMark: 0 },
  );
  const page = { begun: [encoder.encode(ROOT)], reader: source.getReader() };
  const options = { page, nonce: NONCE, documentEnd: END, timeoutMs: 1000 };
  const { readable } = streamPage({ ...options, recover: async () => new Uint8Array() });
  await sleep(5);
  expect(pulls).toBe(0);
  await readable.cancel();
});
