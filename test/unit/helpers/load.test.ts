/** The load generator must see every kind of loss, or the promise "no request is lost" is worth nothing. */

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { assertNoneLost, findLost, type LoadAnswer, startLoad } from "../../helpers/load.ts";

async function runLoad(
  listener: RequestListener,
  durationMs = 300,
): Promise<readonly LoadAnswer[]> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  const load = startLoad({
    origin: `http://127.0.0.1:${port}`,
    ratePerSecond: 100,
    next: (index) => ({ path: `/${index}`, method: index % 2 ? "POST" : "GET", body: "x" }),
  });
  await sleep(durationMs);
  return load.stop();
}

test("keeps its rate while the server is slow", async () => {
  const answers = await runLoad((_, answer) => void setTimeout(() => answer.end("slow"), 200));
  expect(answers.length).toBeGreaterThan(25);
  expect(answers.length).toBeLessThan(60);
  expect(answers[0]).toMatchObject({ status: 200, body: "slow", error: null });
  expect(answers[0]?.latencyMs).toBeGreaterThanOrEqual(195);
  expect(() => assertNoneLost(answers)).not.toThrow();
});

test("counts an unexpected status as lost", async () => {
  const answers = await runLoad((request, answer) => {
    answer.statusCode = request.url === "/3" ? 503 : 200;
    answer.end("busy");
  });
  expect(findLost(answers)).toHaveLength(1);
  expect(() => assertNoneLost(answers)).toThrow(
    /1 of \d+ requests were lost:\n.*POST \/3: 503 busy/,
  );
});

test("counts a connection that was reset as lost, before and within the answer", async () => {
  const answers = await runLoad((request, answer) => {
    if (request.url === "/2") request.socket.destroy();
    else if (request.url === "/5") {
      answer.writeHead(200, { "content-length": "10" });
      answer.write("half", () => request.socket.destroy());
    } else answer.end();
  });
  expect(findLost(answers).map((answer) => answer.request.path)).toEqual(["/2", "/5"]);
});

test("counts an answer of over 5 s as lost", () => {
  const answer = { request: { path: "/" }, dueAtMs: 0, status: 200, body: "", error: null };
  expect(findLost([{ ...answer, latencyMs: 5001 }])).toHaveLength(1);
  expect(findLost([{ ...answer, latencyMs: 4999 }])).toHaveLength(0);
});

test("refuses to call an empty load a success", () => {
  expect(() => assertNoneLost([])).toThrow("no request was sent");
});
