import { expect, test } from "vitest";
import { RequestBody } from "../../../../runtime/ssr/request-body.ts";

/** A request whose body comes in these pieces, and then ends or breaks off. */
function streamingRequest(pieces: readonly string[], how: "ends" | "breaks" = "ends"): Request {
  const rest = pieces.map((piece) => new TextEncoder().encode(piece));
  const body = new ReadableStream({
    pull(controller) {
      const next = rest.shift();
      if (next !== undefined) controller.enqueue(next);
      else if (how === "ends") controller.close();
      else controller.error(new Error("broken off"));
    },
  });
  return new Request("http://localhost/", { method: "POST", body, duplex: "half" } as RequestInit);
}

const readAll = (body: RequestBody) => new Response(body.open()).text();

test("a body that streams is the same each time it is opened, also while it still comes", async () => {
  const body = await RequestBody.of(streamingRequest(["ab", "c\nd", "ef"]));
  expect(body.isWhole).toBe(false);
  const first = body.open();
  if (!(first instanceof ReadableStream)) throw new Error("not a stream");
  expect(new TextDecoder().decode((await first.getReader().read()).value)).toBe("ab");
  expect(await readAll(body)).toBe("abc\ndef");
  expect(await readAll(body)).toBe("abc\ndef");
});

test("its first line is read over pieces, and takes nothing from it", async () => {
  const body = await RequestBody.of(streamingRequest(['{"ü', '":1}\nnext', "more"]));
  expect(await body.readFirstLine()).toBe('{"ü":1}');
  expect(await readAll(body)).toBe('{"ü":1}\nnextmore');
  expect(await (await RequestBody.of(streamingRequest(["only"]))).readFirstLine()).toBe("only");
});

test("one that breaks off breaks whoever reads all of it, not whoever looks at its first line", async () => {
  const body = await RequestBody.of(streamingRequest(["half"], "breaks"));
  expect(await body.readFirstLine()).toBe("half");
  await expect(readAll(body)).rejects.toThrow("broken off");
});

test("one with a length is there as a whole", async () => {
  const init = { method: "POST", body: "line\nrest", headers: { "content-length": "9" } };
  const body = await RequestBody.of(new Request("http://localhost/", init));
  expect(body.isWhole).toBe(true);
  expect(await readAll(body)).toBe("line\nrest");
  expect(await body.readFirstLine()).toBe("line");
});
