import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BodyAhead } from "../../../../../edge/cache/origin/body-ahead.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());
const later = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** A body of given parts, a client that takes them when told, and room for so many bytes. */
function createBody(parts: readonly number[], roomBytes: number) {
  const room = { freeBytes: roomBytes };
  let pulled = 0;
  const cancel = vi.fn();
  const source = new ReadableStream<Uint8Array>(
    {
      pull: (control) => {
        const size = parts[pulled];
        pulled += 1;
        if (size === undefined) control.close();
        else if (size < 0) control.error(new Error("reset"));
        else control.enqueue(new Uint8Array(size));
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
  let accept: () => void = () => undefined;
  const got: number[] = [];
  const ends: string[] = [];
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) => {
      got.push(chunk.byteLength);
      return new Promise((resolve) => {
        accept = resolve;
      });
    },
    close: () => void ends.push("closed"),
    abort: (error) => void ends.push(String(error)),
  });
  const body = new BodyAhead(source, writable, {
    clientId: "a",
    take: (bytes) => {
      if (bytes > room.freeBytes) return false;
      room.freeBytes -= bytes;
      return true;
    },
    give: (bytes) => {
      room.freeBytes += bytes;
    },
    hold: () => undefined,
    release: () => undefined,
  });
  let isRead = false;
  let isEnded = false;
  void body.fill().then(() => (isRead = true));
  void body.drain().then(() => (isEnded = true));
  return {
    body,
    room,
    got,
    ends,
    cancel,
    accept: () => accept(),
    countPulled: () => pulled,
    isRead: () => isRead,
    isEnded: () => isEnded,
  };
}

describe("a body", () => {
  test("is read to its end before its client has taken anything", async () => {
    const { isRead, isEnded, accept, got, ends, room } = createBody([10, 20, 30], 100);
    await later();
    expect(isRead()).toBe(true);
    expect(isEnded()).toBe(false);
    expect(room.freeBytes).toBe(40);
    for (let count = 0; count < 3; count += 1) {
      accept();
      await later();
    }
    expect([got, ends, isEnded(), room.freeBytes]).toEqual([[10, 20, 30], ["closed"], true, 100]);
  });

  test("without room waits for its client, one part ahead", async () => {
    const { isRead, accept, countPulled, body } = createBody([60, 60, 60], 100);
    await later(2000);
    expect([countPulled(), body.keptBytes]).toEqual([2, 120]);
    accept();
    await later(500); // there is room for the second now
    expect(countPulled()).toBe(3);
    expect(isRead()).toBe(false);
    accept();
    await later(500);
    expect(isRead()).toBe(true);
  });

  test("that the origin breaks off breaks off for its client, after what had come", async () => {
    const { accept, got, ends, isRead, room } = createBody([10, -1], 100);
    await later();
    expect(isRead()).toBe(true);
    expect(ends).toEqual([]);
    accept();
    await later();
    expect(got).toEqual([10]);
    expect(ends).toEqual(["Error: reset"]);
    expect(room.freeBytes).toBe(100);
  });

  test("whose client stands still is cut off after 30 s if it holds the origin", async () => {
    const { ends, isRead, accept, cancel, room } = createBody([60, 60, 60], 100);
    await later(29_000);
    expect(isRead()).toBe(false);
    await later(2000);
    expect(isRead()).toBe(true);
    expect(cancel).toHaveBeenCalledOnce();
    accept(); // a stream of Node's waits for what is being written
    await later();
    expect(ends).toHaveLength(1);
    expect(room.freeBytes).toBe(100);
  });

  test("whose client stands still stays if it holds nothing", async () => {
    const { ends, isRead } = createBody([60], 100);
    await later(120_000);
    expect([isRead(), ends]).toEqual([true, []]);
  });

  test("that is cut off gives its room back once", async () => {
    const { body, room, accept, isEnded } = createBody([10, 20, 30], 100);
    await later();
    body.cutOff(new Error("others need it"));
    body.cutOff(new Error("again"));
    accept();
    await later();
    expect([room.freeBytes, body.keptBytes, isEnded()]).toEqual([100, 0, true]);
  });
});
