import { expect, test, vi } from "vitest";
import { relayStream } from "../../../../../edge/cache/mutation/relay-stream.ts";

const MIB = 1024 * 1024;

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

function createRelay(deadline: Promise<unknown> = new Promise(() => undefined)) {
  const source = createSource();
  const onGiveUp = vi.fn();
  const onEnd = vi.fn();
  const relayed = relayStream(source.readable, { deadline, onGiveUp, onEnd });
  return { ...source, ...relayed, source, onGiveUp, onEnd };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test("is read to its end though nobody reads what it gives", async () => {
  const { control, onEnd, onGiveUp, done } = createRelay();
  for (let count = 0; count < 7; count += 1) control.enqueue(new Uint8Array(MIB));
  control.close();
  await done;
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

test("a reader that goes away changes nothing: the rest may still write", async () => {
  const { control, readable, onEnd, cancel, done } = createRelay();
  await readable.cancel();
  control.enqueue(new Uint8Array(20 * MIB));
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
  const { readable, onGiveUp, onEnd, cancel, done } = createRelay(deadline);
  await readable.cancel();
  ring(undefined);
  await done;
  expect(onGiveUp).toHaveBeenCalledOnce();
  expect(onEnd).toHaveBeenCalledOnce();
  expect(cancel).toHaveBeenCalledOnce();
});
