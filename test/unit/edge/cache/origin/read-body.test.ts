import { expect, test } from "vitest";
import { readBody } from "../../../../../edge/cache/origin/read-body.ts";
import { RequestBodies } from "../../../../../edge/cache/origin/request-bodies.ts";

const noPipe = () => {
  throw new Error("nothing streams here");
};
const OPTIONS = { maxBytes: 10, timeoutMs: 50, admit: () => true };

/** A body of these sizes; -1: it breaks off there, 0: it goes on later than anyone waits. */
function createBody(...sizes: number[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (control) => {
      const size = sizes.shift();
      if (size === undefined) return control.close();
      if (size < 0) return control.error(new Error("gone"));
      if (size === 0) return new Promise(() => undefined);
      control.enqueue(new Uint8Array(size).fill(size));
    },
  });
}

test("is joined from its parts", async () => {
  const body = await readBody(createBody(2, 3, 1), OPTIONS);
  expect(body).toEqual(new Uint8Array([2, 2, 3, 3, 3, 1]));
});

test.each([
  ["large", createBody(5, 5, 1), OPTIONS],
  ["slow", createBody(5, 0), OPTIONS],
  ["broken", createBody(5, -1), OPTIONS],
  ["busy", createBody(5, 5), { ...OPTIONS, admit: (bytes: number) => bytes < 5 }],
])("%s: nothing is kept", async (problem, body, options) => {
  expect(await readBody(body, options)).toBe(problem);
});

test("what is in memory is bounded by what has arrived, one client's by an eighth of it", async () => {
  const bodies = new RequestBodies(noPipe);
  const MIB = 1024 * 1024;
  const take = (clientId: string) => bodies.read(createBody(MIB), clientId, MIB);
  const kept = [];
  for (let count = 0; count < 8; count += 1) kept.push(await take("a"));
  expect(kept.every((body) => typeof body === "object")).toBe(true);
  expect(await take("a")).toBe("busy");
  const [first] = kept;
  if (typeof first !== "object") throw new Error("not kept");
  first.release();
  expect(await take("a")).toBeTypeOf("object");
  expect(await take("b")).toBeTypeOf("object");
});

test("what was not read takes nothing", async () => {
  const bodies = new RequestBodies(noPipe);
  for (let count = 0; count < 300; count += 1) {
    expect(await bodies.read(createBody(5, -1), "a", 10)).toBe("broken");
  }
  expect(await bodies.read(createBody(5), "a", 10)).toBeTypeOf("object");
});
