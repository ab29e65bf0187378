/** An origin that speaks WebSocket: echoes each message, closes as it is closed, keeps what it upgraded. */

import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { EdgeFixture } from "./edge-fixture.ts";

/** RFC 6455 §1.3 */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export interface UpgradedSocket {
  readonly path: string;
  readonly socket: Socket;
  /** The connection has ended. */
  closed: boolean;
  /** Of the close frame that came; null: none did. */
  closeCode: number | null;
}

export interface SocketOrigin {
  readonly upgraded: readonly UpgradedSocket[];
  /** Upgrades of `/held…` wait until this is called. */
  releaseHeld(): void;
  /** How many wait. */
  heldCount(): number;
  find(path: string): UpgradedSocket;
}

/** A path that begins with `/drain` ends the connection without an answer to a close frame. */
export async function startSocketOrigin(fixture: EdgeFixture, slot: number): Promise<SocketOrigin> {
  const upgraded: UpgradedSocket[] = [];
  const held: (() => void)[] = [];
  const origin = await fixture.startOrigin(slot, (_, response) => response.end());
  origin.on("upgrade", (request, socket: Socket) => {
    const { url: path = "", headers } = request;
    socket.on("error", () => undefined); // "close" follows
    const upgrade = () => upgraded.push(acceptSocket(path, socket, headers["sec-websocket-key"]));
    if (path.startsWith("/held")) held.push(upgrade);
    else upgrade();
  });
  return {
    upgraded,
    releaseHeld: () => {
      for (const upgrade of held.splice(0)) upgrade();
    },
    heldCount: () => held.length,
    find: (path) => {
      const found = upgraded.find((entry) => entry.path === path);
      if (found === undefined) throw new Error(`no upgrade of ${path}`);
      return found;
    },
  };
}

function acceptSocket(path: string, socket: Socket, key = ""): UpgradedSocket {
  const accept = createHash("sha1")
    .update(key + MAGIC)
    .digest("base64");
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: chat\r\n\r\n`,
  );
  const entry: UpgradedSocket = { path, socket, closed: false, closeCode: null };
  socket.on("close", () => {
    entry.closed = true;
  });
  socket.on("data", (frame) => {
    if (!isClose(frame)) {
      socket.write(unmask(frame));
      return;
    }
    const answer = unmask(frame);
    entry.closeCode = answer.length < 4 ? null : answer.readUInt16BE(2);
    // RFC 6455 §7.1.1: the server ends the connection after the closing handshake.
    socket.end(path.startsWith("/drain") ? "" : answer);
  });
  return entry;
}

export function buildCloseFrame(code: number): Buffer {
  const frame = Buffer.from([0x88, 2, 0, 0]);
  frame.writeUInt16BE(code, 2);
  return frame;
}

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
