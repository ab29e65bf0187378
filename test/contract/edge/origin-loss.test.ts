import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { ask, buildState, EdgeFixture, kill, type RunningEdge } from "./edge-fixture.ts";

/** Listens at its argument; `/kill` ends it without an answer, and with what is under way. */
const ORIGIN = `
  const [, socket] = process.argv;
  require("node:fs").rmSync(socket, { force: true });
  require("node:http").createServer((request, response) => {
    if (request.url === "/kill") return process.kill(process.pid, "SIGKILL");
    if (request.url === "/slow") return setTimeout(() => response.end("slow"), 1000);
    response.end(request.method);
  }).listen(socket, () => console.log("up"));
`;

let fixture: EdgeFixture;
let edge: RunningEdge;

beforeEach(async () => {
  fixture = new EdgeFixture();
  edge = await fixture.startEdge(buildState());
});
afterEach(() => fixture.end());

test("a GET while the origin is being started again is late, not lost", async () => {
  await kill(await fixture.startOriginProcess(0, ORIGIN)); // leaves its socket file behind
  const asked = Array.from({ length: 10 }, () => ask(edge.port, "/"));
  await sleep(800);
  await fixture.startOriginProcess(0, ORIGIN);
  for (const answer of await Promise.all(asked))
    expect(answer).toMatchObject({ status: 200, body: "GET" });
});

test("a GET under way when the origin is killed is asked again", async () => {
  const origin = await fixture.startOriginProcess(0, ORIGIN);
  const asked = ask(edge.port, "/slow");
  await sleep(300);
  await kill(origin);
  await fixture.startOriginProcess(0, ORIGIN);
  expect(await asked).toMatchObject({ status: 200, body: "slow" });
});

test("one that kills what answers it is given up after the second time", async () => {
  let deaths = 0;
  await fixture.startOrigin(0, async (request) => {
    deaths++;
    await sleep(150);
    request.socket.destroy();
  });
  expect(await ask(edge.port, "/kill")).toMatchObject({ status: 502 });
  expect(deaths).toBe(2);
});

test("a POST is never repeated, and the browser is told what that means", async () => {
  let posts = 0;
  const origin = await fixture.startOrigin(0, (request) => {
    posts++;
    request.socket.destroy();
  });
  const lost = await ask(edge.port, "/", { method: "POST", body: "a=1" });
  expect(lost).toMatchObject({ status: 502, headers: { "retry-after": "1" } });
  expect(lost.body).toContain("Whether it did what was asked is unknown");
  expect(posts).toBe(1);
  origin.close();
});

test("an origin that stays away is a 502 that names nothing internal", async () => {
  const startedMs = performance.now();
  for (const prepare of [() => undefined, () => rmSync(fixture.slotSocket(0), { force: true })]) {
    prepare();
    const { status, body } = await ask(edge.port, "/");
    expect([status, body]).toEqual([502, "The app does not answer at the moment.\n"]);
  }
  expect(performance.now() - startedMs).toBeLessThan(2 * 5000);
  expect((await readEdgeReport(fixture.controlSocket)).inFlight).toEqual({});
});

test("no POST is lost to an origin that ends each connection after its answer", async () => {
  // As gunicorn does without keep-alive: what it says is heeded, so no request meets a closing connection.
  await fixture.startOrigin(0, (request, response) => {
    response.setHeader("connection", "close");
    request.resume().on("end", () => response.end());
  });
  const lost: number[] = [];
  const ten = Array.from({ length: 10 }, async () => {
    for (let n = 0; n < 60; n++) {
      const { status } = await ask(edge.port, "/", { method: "POST", body: "a=1" });
      if (status !== 200) lost.push(status);
    }
  });
  await Promise.all(ten);
  expect(lost).toEqual([]);
});

test("an idle connection to the origin is ended by the Edge, long before a server's 75 s", async () => {
  const origin = await fixture.startOrigin(0, (_, response) => response.end());
  origin.keepAliveTimeout = 75_000;
  const closed = new Promise<void>((resolve) => {
    origin.on("connection", (socket) => socket.on("close", () => resolve()));
  });
  await ask(edge.port, "/");
  const startedMs = performance.now();
  await closed;
  expect(performance.now() - startedMs).toBeLessThan(30_000); // 10 s with workerd 1.20261117
});
