import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lastSocket, startTestSockets, TestSocket } from "../test-server.ts";
import { LiveConnection, type LiveMessage, type LiveStatus } from "./live-connection.ts";

let connection: LiveConnection;
let messages: LiveMessage[];
let statuses: LiveStatus[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  startTestSockets();
  messages = [];
  statuses = [];
  connection = new LiveConnection({
    url: "ws://localhost/ws/board/",
    onMessage: (message) => messages.push(message),
    onStatus: (status) => statuses.push(status),
  });
});
afterEach(() => {
  connection.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const greet = () => lastSocket().say({ type: "hello", app: "1.0.0" });

test("it is live from the greeting on", () => {
  expect(statuses).toEqual(["connecting"]);
  greet();
  expect(statuses).toEqual(["connecting", "live"]);
  expect(messages).toEqual([{ type: "hello", app: "1.0.0" }]);
});

test("it comes back at once when the server hands over", () => {
  greet();
  lastSocket().end(1012);
  expect(statuses.at(-1)).toBe("waiting");
  vi.advanceTimersByTime(400);
  expect(TestSocket.all).toHaveLength(2);
});

test("it asks more and more seldom while the server is away, and never less than every 30 s", () => {
  greet();
  const waitsMs = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
  waitsMs.forEach((waitMs, index) => {
    lastSocket().end(1006);
    vi.advanceTimersByTime(waitMs - 1);
    expect(TestSocket.all).toHaveLength(index + 1);
    vi.advanceTimersByTime(1);
    expect(TestSocket.all).toHaveLength(index + 2);
  });
});

test("a server that hands over again and again is not asked at once for ever", () => {
  lastSocket().end(1012);
  vi.advanceTimersByTime(400);
  lastSocket().end(1012);
  vi.advanceTimersByTime(400);
  expect(TestSocket.all).toHaveLength(2);
});

test("after a greeting it begins with the short wait again", () => {
  for (let count = 0; count < 4; count++) {
    lastSocket().end(1006);
    vi.advanceTimersByTime(30_000);
  }
  greet();
  lastSocket().end(1006);
  vi.advanceTimersByTime(1000);
  expect(TestSocket.all).toHaveLength(6);
});

test("it does not wait any longer when the network is back", () => {
  lastSocket().end(1006);
  window.dispatchEvent(new Event("online"));
  expect(TestSocket.all).toHaveLength(2);
  vi.advanceTimersByTime(60_000);
  expect(TestSocket.all).toHaveLength(2);
});

test("once closed it stays away", () => {
  connection.close();
  window.dispatchEvent(new Event("online"));
  vi.advanceTimersByTime(60_000);
  expect(TestSocket.all).toHaveLength(1);
});
