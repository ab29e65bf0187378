/** Sends what a flood is made of, from many client addresses. */

import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { HOST } from "../mizan-app.ts";

/** What takes longer is not answered. */
const CLIENT_TIMEOUT_MS = 10_000;

export interface Sending {
  readonly port: number;
  readonly path: string;
  readonly localAddress: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

export interface Sent {
  /** 0: no answer. */
  readonly status: number;
  /** `X-Mizan-Edge`; empty: none. */
  readonly mark: string;
  readonly body: string;
  readonly tookMs: number;
  readonly error: string | null;
}

export async function send(sending: Sending): Promise<Sent> {
  const startedAtMs = performance.now();
  const finish = (sent: Omit<Sent, "tookMs">): Sent => {
    return { ...sent, tookMs: performance.now() - startedAtMs };
  };
  try {
    const answer = await open(sending);
    const body = await buffer(answer);
    const mark = String(answer.headers["x-mizan-edge"] ?? "");
    return finish({ status: answer.statusCode ?? 0, mark, body: body.toString(), error: null });
  } catch (error) {
    return finish({ status: 0, mark: "", body: "", error: String(error) });
  }
}

function open({ port, path, localAddress, method = "GET", headers = {}, body, agent }: Sending) {
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  return new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      path,
      method,
      localAddress,
      headers: { host: HOST, ...length, ...headers },
      agent: agent ?? false,
      signal: AbortSignal.timeout(CLIENT_TIMEOUT_MS),
    });
    asked.once("response", resolve);
    asked.once("error", reject);
    asked.end(body);
  });
}

/** A connection that is used as no client library would. */
export function openSocket(port: number, localAddress: string, text: string): Socket {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.on("error", () => undefined); // whatever the Edge does with it, it is a stranger's
  socket.write(text);
  return socket;
}

/** The text of a request's head. */
export function buildHead(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>>,
): string {
  const lines = Object.entries({ Host: HOST, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`;
}

export function createAgent(): Agent {
  return new Agent({ keepAlive: true });
}
