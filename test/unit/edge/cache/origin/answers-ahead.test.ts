import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AnswersAhead } from "../../../../../edge/cache/origin/answers-ahead.ts";

/** Keeps nothing, as workerd's own. */
const createPipe = () => new TransformStream({}, { highWaterMark: 0 }, { highWaterMark: 0 });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** An answer of so many parts of 1 KiB, of which its client reads none. */
async function pass(answers: AnswersAhead, clientId: string, parts: number) {
  let left = parts;
  const source = new ReadableStream<Uint8Array>(
    {
      pull: (control) => {
        left -= 1;
        if (left < 0) control.close();
        else control.enqueue(new Uint8Array(1024));
      },
    },
    { highWaterMark: 0 },
  );
  const passed = answers.pass(source, null, clientId);
  const state = { isRead: false, isEnded: false, readable: passed.readable };
  void passed.read.then(() => (state.isRead = true));
  void passed.ended.then(() => (state.isEnded = true));
  for (let count = 0; count < 8; count += 1) await vi.advanceTimersByTimeAsync(0);
  return state;
}

async function readAll(answer: { readonly readable: ReadableStream<Uint8Array> } | undefined) {
  let bytes = 0;
  for await (const chunk of answer?.readable ?? []) bytes += chunk.byteLength;
  return bytes;
}

test("one client's unread answers fill an eighth, and his own oldest gives way after 2 s", async () => {
  const answers = new AnswersAhead(createPipe, 64 * 1024);
  const first = await pass(answers, "a", 5);
  const second = await pass(answers, "a", 5);
  expect([first.isRead, second.isRead]).toEqual([true, false]);
  const other = await pass(answers, "b", 6);
  expect(other.isRead).toBe(true);
  await vi.advanceTimersByTimeAsync(1500);
  expect([first.isEnded, second.isRead]).toEqual([false, false]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(second.isRead).toBe(true);
  await expect(readAll(first)).rejects.toThrow("stands still");
  expect(await readAll(other)).toBe(6 * 1024);
});

test("when strangers have left no room, the one who has stood still longest gives way", async () => {
  const answers = new AnswersAhead(createPipe, 64 * 1024);
  const strangers = [];
  for (let count = 0; count < 30; count += 1) {
    strangers.push(await pass(answers, `s${count}`, 20));
    await vi.advanceTimersByTimeAsync(10);
  }
  const honest = await pass(answers, "h", 2);
  expect(honest.isRead).toBe(false);
  await vi.advanceTimersByTimeAsync(5500);
  expect(honest.isRead).toBe(true);
  expect(answers.bytes).toBeLessThanOrEqual(64 * 1024);
  await expect(readAll(strangers[0])).rejects.toThrow("stands still");
});

test("a client who reads is not cut off, and leaves nothing behind", async () => {
  const answers = new AnswersAhead(createPipe, 64 * 1024);
  const reading = await pass(answers, "a", 40);
  const reader = reading.readable.getReader();
  let bytes = 0;
  for (let count = 0; count < 40; count += 1) {
    await vi.advanceTimersByTimeAsync(100);
    bytes += (await reader.read()).value?.byteLength ?? 0;
  }
  expect(bytes).toBe(40 * 1024);
  expect((await reader.read()).done).toBe(true);
  await vi.advanceTimersByTimeAsync(0);
  expect([reading.isEnded, answers.bytes]).toEqual([true, 0]);
});
