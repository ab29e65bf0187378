import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { buildState, EdgeFixture, type RunningEdge } from "./edge-fixture.ts";
import { buildCloseFrame, type SocketOrigin, startSocketOrigin } from "./socket-origin.ts";

const fixture = new EdgeFixture();
let edge: RunningEdge;
let origin: SocketOrigin;

beforeAll(async () => {
  origin = await startSocketOrigin(fixture, 0);
  edge = await fixture.startEdge(buildState());
});
afterAll(() => fixture.end());

async function openSocket(path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${edge.port}${path}`, ["chat"]);
  await once(socket, "open");
  return socket;
}

async function inFlight(): Promise<Readonly<Record<string, number>>> {
  return (await readEdgeReport(fixture.controlSocket)).inFlight;
}

async function waitUntilIdle(): Promise<void> {
  await waitFor("no WebSocket under way", async () => Object.keys(await inFlight()).length === 0);
}

test("messages, subprotocol and close codes pass both ways, and it counts while it lives", async () => {
  const socket = await openSocket("/chat?room=1");
  expect(socket.protocol).toBe("chat");
  for (const message of ["one", "zwei", "三"]) {
    socket.send(message);
    const [event] = await once(socket, "message");
    expect(event.data).toBe(message);
  }
  socket.binaryType = "arraybuffer";
  socket.send(new Uint8Array([0, 255]));
  const [binary] = await once(socket, "message");
  expect(new Uint8Array(binary.data)).toEqual(new Uint8Array([0, 255]));
  expect(await inFlight()).toEqual({ "0": 1 });
  socket.close(4001, "bye");
  const [closed] = await once(socket, "close");
  expect([closed.code, closed.reason]).toEqual([4001, "bye"]);
  await waitUntilIdle();
});

test("an origin that drains closes with 1012", async () => {
  const socket = await openSocket("/drain");
  origin.find("/drain").socket.write(buildCloseFrame(1012));
  const [closed] = await once(socket, "close");
  expect(closed.code).toBe(1012);
  await waitUntilIdle();
});

test("an origin that dies is a restart to the browser: 1012", async () => {
  const socket = await openSocket("/dies");
  origin.find("/dies").socket.destroy();
  const [closed] = await once(socket, "close");
  expect(closed.code).toBe(1012);
  await waitUntilIdle();
});

test("a browser that vanishes is noticed by the origin, and no longer counts", async () => {
  const socket = connect(edge.port, "127.0.0.1");
  socket.write(
    "GET /vanishes HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  const [head] = await once(socket, "data");
  expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
  expect(String(head).toLowerCase()).toContain("x-mizan-edge: bypass; reason=upgrade");
  expect(await inFlight()).toEqual({ "0": 1 });
  socket.resetAndDestroy();
  await waitFor("the origin's end", () => origin.find("/vanishes").closed);
  await waitUntilIdle();
});
