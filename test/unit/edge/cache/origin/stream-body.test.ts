import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { streamBody } from "../../../../../edge/cache/origin/stream-body.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());
/** Keeps nothing, as workerd's own. */
const createPipe = () => new TransformStream({}, { highWaterMark: 0 }, { highWaterMark: 0 });
const later = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

function createUpload(lengthBytes: number | null) {
  let control: ReadableStreamDefaultController<Uint8Array> | null = null;
  const source = new ReadableStream<Uint8Array>({
    start: (given) => {
      control = given;
    },
  });
  if (control === null) throw new Error("a stream starts at once");
  const client: ReadableStreamDefaultController<Uint8Array> = control;
  const body = streamBody(source, lengthBytes, createPipe());
  const origin = body.readable.getReader();
  const state = { isDone: false };
  void body.done.then(() => (state.isDone = true));
  return {
    ...body,
    client,
    origin,
    state,
    send: (bytes: number) => client.enqueue(new Uint8Array(bytes)),
  };
}

test("is whole once its last byte is at hand, before the origin has it", async () => {
  const { send, isWhole, origin } = createUpload(20);
  send(19);
  await later();
  await origin.read();
  await later();
  expect(isWhole()).toBe(false);
  send(1);
  await later();
  expect(isWhole()).toBe(true);
  expect((await origin.read()).value?.byteLength).toBe(1);
});

test("without a length is whole at its end, before the origin is told of it", async () => {
  const { send, client, isWhole, origin } = createUpload(null);
  send(5);
  await later();
  await origin.read();
  await later();
  expect(isWhole()).toBe(false);
  client.close();
  await later();
  expect(isWhole()).toBe(true);
  expect((await origin.read()).done).toBe(true);
});

test.each([30, null])(
  "that its client breaks off (length %s) is never whole, and the origin sees it",
  async (length) => {
    const { send, client, isWhole, findProblem, origin, state } = createUpload(length);
    send(5);
    await later();
    await origin.read();
    client.error(new Error("gone"));
    await expect(origin.read()).rejects.toThrow("gone");
    await later();
    expect([isWhole(), findProblem(), state.isDone]).toEqual([false, "broken", true]);
  },
);

test.each([1_000_000, null])(
  "that comes too slowly (length %s) is cut off, and never whole",
  async (length) => {
    const { send, isWhole, findProblem, origin, state } = createUpload(length);
    const read = (async () => {
      while (!(await origin.read()).done);
    })();
    const refused = expect(read).rejects.toThrow("slow");
    for (let second = 0; second < 14; second += 1) {
      send(2000);
      await later(1000);
    }
    expect(findProblem()).toBeNull();
    await later(2000);
    await refused;
    expect([isWhole(), findProblem(), state.isDone]).toEqual([false, "slow", true]);
  },
);

test("that comes fast enough, or waits for the origin, is not cut off", async () => {
  const { send, findProblem, origin } = createUpload(1_000_000);
  const reading = origin.read();
  for (let second = 0; second < 40; second += 1) {
    send(3000);
    await later(1000);
  }
  await reading;
  expect(findProblem()).toBeNull(); // the origin has read one part in 40 s
  const read = (async () => {
    while (!(await origin.read()).done);
  })();
  read.catch(() => undefined); // it does not end in this test
  for (let second = 0; second < 40; second += 1) {
    send(3000);
    await later(1000);
  }
  expect(findProblem()).toBeNull();
});

test("whose origin goes away is no fault of its client's", async () => {
  const { send, origin, isWhole, findProblem, state } = createUpload(30);
  send(5);
  await later();
  await origin.cancel();
  send(5);
  await later();
  expect([isWhole(), findProblem(), state.isDone]).toEqual([false, null, true]);
});
