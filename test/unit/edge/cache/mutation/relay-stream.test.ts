import { expect, test, vi } from "vitest";
import { relayStream } from "../../../../../edge/cache/mutation/relay-stream.ts";
import { AnswersAhead } from "../../../../../edge/cache/origin/answers-ahead.ts";

const MIB = 1024 * 1024;

/** Keeps nothing, as workerd's own. */
const createPipe = () => new TransformStream({}, { highWaterMark: 0 }, { highWaterMark: 0 });

/** A body that a test writes chunk by chunk. */
function createSource() {
  let control: ReadableStreamDefaultController<Uint8Array> | null = null;
  const cancel = vi.fn();
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => {
      control = controller;
    },
    cancel,
  });
  if (control === null) throw new Error("a stream starts at once");
  return { readable, control: control as ReadableStreamDefaultController<Uint8Array>, cancel };
}

function createRelay(
  deadline: Promise<unknown> = new Promise(() => undefined),
  ahead = new AnswersAhead(createPipe),
) {
  const source = createSource();
  const onGiveUp = vi.fn();
  const onEnd = vi.fn();
  const relayed = relayStream(source.readable, {
    ahead,
    clientId: "a",
    lengthBytes: null,
    deadline,
    onGiveUp,
    onEnd,
  });
  return { ...source, ...relayed, source, onGiveUp, onEnd };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test("is read to its end though nobody reads what it gives", async () => {
  const { control, onEnd, onGiveUp } = createRelay();
  for (let count = 0; count < 7; count += 1) control.enqueue(new Uint8Array(MIB));
  control.close();
  await turn();
  expect(onEnd).toHaveBeenCalledExactlyOnceWith(true);
  expect(onGiveUp).not.toHaveBeenCalled();
});

test("8 MiB ahead of its reader it gives up once, and goes on at the reader's pace", async () => {
  const { control, readable, onEnd, onGiveUp, done } = createRelay();
  for (let count = 0; count < 20; count += 1) control.enqueue(new Uint8Array(MIB));
  control.close();
  await turn();
  expect(onGiveUp).toHaveBeenCalledOnce();
  expect(onEnd).not.toHaveBeenCalled();
  let bytes = 0;
  for await (const chunk of readable) bytes += chunk.byteLength;
  await done;
  expect(bytes).toBe(20 * MIB);
  expect(onEnd).toHaveBeenCalledExactlyOnceWith(true);
  expect(onGiveUp).toHaveBeenCalledOnce();
});

test("all of them, ended or not, keep no more than there is room for", async () => {
  const ahead = new AnswersAhead(createPipe);
  const relays = [];
  for (let number = 0; number < 4; number += 1) {
    const relay = createRelay(undefined, ahead);
    relays.push(relay);
    for (let count = 0; count < 3; count += 1) relay.control.enqueue(new Uint8Array(MIB));
    relay.control.close();
    await turn();
  }
  expect(ahead.bytes).toBe(8 * MIB);
  expect(relays.map(({ onEnd }) => onEnd.mock.calls.length)).toEqual([1, 1, 0, 0]);
  expect(relays.map(({ onGiveUp }) => onGiveUp.mock.calls.length)).toEqual([0, 0, 1, 1]);
  for (const { readable } of relays) await readable.cancel();
  await Promise.all(relays.map(({ done }) => done));
  expect(ahead.bytes).toBe(0);
});

test("a reader that goes away changes nothing: the rest may still write", async () => {
  const { control, readable, onEnd, cancel, done } = createRelay();
  await readable.cancel();
  for (let count = 0; count < 20; count += 1) control.enqueue(new Uint8Array(MIB));
  await turn();
  expect(onEnd).not.toHaveBeenCalled();
  control.close();
  await done;
  expect(onEnd).toHaveBeenCalledExactlyOnceWith(true);
  expect(cancel).not.toHaveBeenCalled();
});

test("an origin that breaks off is no whole end, and the reader sees it", async () => {
  const { control, readable, onEnd, done } = createRelay();
  control.error(new Error("cut"));
  await done;
  expect(onEnd).toHaveBeenCalledExactlyOnceWith(false);
  await expect(readable.getReader().read()).rejects.toThrow("cut");
});

test("at the deadline nobody waits any longer, and what nobody reads is ended", async () => {
  let ring: (value: unknown) => void = () => undefined;
  const deadline = new Promise((resolve) => {
    ring = resolve;
  });
  const { control, readable, onGiveUp, onEnd, cancel, done } = createRelay(deadline);
  await readable.cancel();
  control.enqueue(new Uint8Array(1)); // a pipe sees that its reader has gone when it next writes
  await turn();
  ring(undefined);
  await done;
  expect(onGiveUp).toHaveBeenCalledOnce();
  expect(onEnd).toHaveBeenCalledOnce();
  expect(cancel).toHaveBeenCalledOnce();
});
