import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BodyLines } from "../../../../edge/render/body-lines.ts";

function buildRequest(chunks: readonly Uint8Array[]): Request {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return new Request("http://r/page", { method: "POST", body, duplex: "half" });
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

async function readAll(lines: BodyLines): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const line = await lines.readLine();
    if (line === null) return all;
    all.push(line);
  }
}

describe("BodyLines", () => {
  it("gives the lines however the bytes are cut, with and without a length", async () => {
    const line = fc
      .string({ unit: "grapheme", maxLength: 20 })
      .map((text) => text.replaceAll("\n", ""));
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          line.filter((text) => text !== ""),
          { maxLength: 6 },
        ),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (expected, size, hasLastEnd) => {
          const text = expected.join("\n") + (hasLastEnd && expected.length > 0 ? "\n" : "");
          const bytes = new TextEncoder().encode(text);
          expect(await readAll(new BodyLines(buildRequest(cut(bytes, size)), 1e6))).toEqual(
            expected,
          );
          const whole = buildRequest([bytes]);
          whole.headers.set("content-length", String(bytes.length));
          expect(await readAll(new BodyLines(whole, 1e6))).toEqual(expected);
        },
      ),
    );
  });

  it("refuses what is longer than allowed, by its length before it is read, else while it is read", async () => {
    const bytes = new Uint8Array(11).fill(0x61);
    const claimed = buildRequest([]);
    claimed.headers.set("content-length", "11");
    for (const request of [claimed, buildRequest(cut(bytes, 4))]) {
      const reading = new BodyLines(request, 10).readText();
      await expect(reading).rejects.toMatchObject({ kind: "bad-request" });
    }
    expect(await new BodyLines(buildRequest(cut(bytes, 4)), 11).readText()).toHaveLength(11);
  });

  it("has nothing to read in a request without a body", async () => {
    const request = new Request("http://r/page", { method: "POST" });
    expect(await new BodyLines(request, 10).readLine()).toBe(null);
  });
});
