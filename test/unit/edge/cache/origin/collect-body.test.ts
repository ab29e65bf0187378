import { describe, expect, test } from "vitest";
import { type CollectOptions, collectBody } from "../../../../../edge/cache/origin/collect-body.ts";

const NEVER = new Promise<never>(() => {});
const options: CollectOptions = { maxBytes: 10, deadline: NEVER, lengthBytes: null };

/** An origin's body that a test writes by hand. */
function createSource() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let pulls = 0;
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (given) => {
        controller = given;
      },
      pull: () => {
        pulls += 1;
      },
      cancel: () => {
        isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const text = (value: string) => new TextEncoder().encode(value);
  return {
    stream,
    write: (value: string) => controller?.enqueue(text(value)),
    close: () => controller?.close(),
    fail: () => controller?.error(new Error("reset")),
    countPulls: () => pulls,
    wasCancelled: () => isCancelled,
  };
}

const readText = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();
const decode = (body: Uint8Array | null) => (body === null ? null : new TextDecoder().decode(body));
const turns = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("a body", () => {
  test("that is small is kept whole, and its client gets the same bytes", async () => {
    const source = createSource();
    const { readable, end, done } = collectBody(source.stream, { ...options, lengthBytes: 6 });
    source.write("one");
    source.write("two");
    source.close();
    expect(await readText(readable)).toBe("onetwo");
    expect(decode((await end).body)).toBe("onetwo");
    await done;
  });

  test("keeps no more memory than it has bytes, whatever it was read into", async () => {
    const readInto = new Uint8Array(4096).fill(120);
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(readInto.subarray(0, 3));
        controller.close();
      },
    });
    const { readable, end } = collectBody(source, options);
    expect(await readText(readable)).toBe("xxx");
    expect((await end).body?.buffer.byteLength).toBe(3);
  });

  test("that is empty is kept", async () => {
    const source = createSource();
    const { readable, end } = collectBody(source.stream, options);
    source.close();
    expect(await readText(readable)).toBe("");
    expect(decode((await end).body)).toBe("");
  });

  test("reaches its client as it comes, not at its end", async () => {
    const source = createSource();
    const { readable } = collectBody(source.stream, options);
    const reader = readable.getReader();
    source.write("one");
    expect(decode((await reader.read()).value ?? null)).toBe("one");
  });

  test("is read to its end though its client reads nothing", async () => {
    const source = createSource();
    const { end } = collectBody(source.stream, options);
    for (const part of ["a", "b", "c"]) source.write(part);
    source.close();
    expect(decode((await end).body)).toBe("abc");
  });

  test("is read to its end though its client has gone", async () => {
    const source = createSource();
    const { readable, end } = collectBody(source.stream, options);
    await readable.cancel();
    source.write("abc");
    source.close();
    expect(decode((await end).body)).toBe("abc");
  });
});

describe("a body that will not be kept", () => {
  test("for its size lets its followers go at once, and its client gets all of it", async () => {
    const source = createSource();
    const { readable, end } = collectBody(source.stream, options);
    source.write("12345678901");
    expect(await end).toEqual({ body: null, refusal: "size" });
    source.write("more");
    source.close();
    expect(await readText(readable)).toBe("12345678901more");
  });

  test("for its slowness (an event stream) lets its followers go, and flows on", async () => {
    const source = createSource();
    const { readable, end } = collectBody(source.stream, { ...options, deadline: turns() });
    source.write("tick");
    expect(await end).toEqual({ body: null, refusal: "incomplete" });
    source.write("tock");
    source.close();
    expect(await readText(readable)).toBe("ticktock");
  });

  test("for ending elsewhere than it said is not kept", async () => {
    const source = createSource();
    const { readable, end } = collectBody(source.stream, { ...options, lengthBytes: 9 });
    source.write("short");
    source.close();
    expect(await end).toEqual({ body: null, refusal: "incomplete" });
    expect(await readText(readable)).toBe("short");
  });

  test("for breaking off is not kept, and its client sees that it is not whole", async () => {
    const source = createSource();
    const { readable, end, done } = collectBody(source.stream, options);
    source.write("half");
    await turns();
    source.fail();
    expect(await end).toEqual({ body: null, refusal: "incomplete" });
    await expect(readText(readable)).rejects.toThrow("reset");
    await done;
  });

  test("flows at its client's pace from then on", async () => {
    const source = createSource();
    const { readable } = collectBody(source.stream, { ...options, maxBytes: 0 });
    const reader = readable.getReader();
    for (let index = 0; index < 20; index += 1) source.write("chunk");
    await turns();
    const pulledBefore = source.countPulls();
    await turns();
    expect(source.countPulls()).toBe(pulledBefore); // nobody reads, so nobody asks for more
    for (let index = 0; index < 20; index += 1) {
      expect(decode((await reader.read()).value ?? null)).toBe("chunk");
    }
  });

  test("is given up when its client goes away", async () => {
    const source = createSource();
    const { readable, done } = collectBody(source.stream, { ...options, maxBytes: 0 });
    source.write("1");
    await turns();
    await readable.cancel();
    await done;
    expect(source.wasCancelled()).toBe(true);
  });
});
