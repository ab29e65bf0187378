import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { buildState, EdgeFixture, type RunningEdge } from "./edge-fixture.ts";

/** RFC 6455 §1.3 */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const fixture = new EdgeFixture();
let edge: RunningEdge;
const upgraded: { path: string; socket: Socket; closed: boolean }[] = [];

beforeAll(async () => {
  const origin = await fixture.startOrigin(0, (_, response) => response.end());
  origin.on("upgrade", (request, socket: Socket) => {
    const key = request.headers["sec-websocket-key"] ?? "";
    const accept = createHash("sha1")
      .update(key + MAGIC)
      .digest("base64");
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: chat\r\n\r\n`,
    );
    const entry = { path: request.url ?? "", socket, closed: false };
    upgraded.push(entry);
    socket.on("error", () => undefined); // "close" follows
    socket.on("close", () => {
      entry.closed = true;
    });
    socket.on("data", (frame) => {
      // RFC 6455 §7.1.1: the server ends the connection after the closing handshake.
      if (isClose(frame)) socket.end(entry.path === "/drain" ? "" : unmask(frame));
      else socket.write(unmask(frame));
    });
  });
  edge = await fixture.startEdge(buildState());
});
afterAll(() => fixture.end());

function isClose(frame: Buffer): boolean {
  return ((frame[0] ?? 0) & 0x0f) === 8;
}

/** The same frame as a server sends it; enough for one small frame at a time. */
function unmask(frame: Buffer): Buffer {
  const sizeBytes = (frame[1] ?? 0) & 0x7f;
  const mask = frame.subarray(2, 6);
  const payload = frame.subarray(6, 6 + sizeBytes).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([Buffer.from([frame[0] ?? 0, sizeBytes]), payload]);
}

async function openSocket(path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${edge.port}${path}`, ["chat"]);
  await once(socket, "open");
  return socket;
}

async function inFlight(): Promise<Readonly<Record<string, number>>> {
  return (await readEdgeReport(fixture.controlSocket)).inFlight;
}

function findUpgraded(path: string) {
  const found = upgraded.find((entry) => entry.path === path);
  if (found === undefined) throw new Error(`no upgrade of ${path}`);
  return found;
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
  const frame = Buffer.from([0x88, 2, 0, 0]);
  frame.writeUInt16BE(1012, 2);
  findUpgraded("/drain").socket.write(frame);
  const [closed] = await once(socket, "close");
  expect(closed.code).toBe(1012);
  await waitUntilIdle();
});

test("an origin that dies is a restart to the browser: 1012", async () => {
  const socket = await openSocket("/dies");
  findUpgraded("/dies").socket.destroy();
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
  await waitFor("the origin's end", () => findUpgraded("/vanishes").closed);
  await waitUntilIdle();
});
