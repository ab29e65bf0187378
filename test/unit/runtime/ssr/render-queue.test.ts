import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RenderQueue } from "../../../../runtime/ssr/render-queue.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("what has waited longest is taken first, and what waits too long is refused", () => {
  const refused: string[] = [];
  const queue = new RenderQueue<string>((job) => refused.push(job), 1000);
  queue.put("a");
  vi.advanceTimersByTime(600);
  queue.put("b");
  queue.put("c");
  expect(queue.size).toBe(3);
  vi.advanceTimersByTime(600);
  expect(refused).toEqual(["a"]);
  expect(queue.take()).toBe("b");
  vi.advanceTimersByTime(1000);
  expect(refused).toEqual(["a", "c"]);
  expect(queue.take()).toBeNull();
  expect(queue.size).toBe(0);
});
