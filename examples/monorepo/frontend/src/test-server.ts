/** For tests: answers the app's requests and WebSockets in place of Django. */

import { vi } from "vitest";
import type { Board, Change, Line } from "./api/board.ts";

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
}

type Answer = object | ((exchange: Exchange) => Response | object);

/** `answers` goes from `GET /api/board/` (without the query) to a body or a function; else 404. */
export function startTestServer(answers: Readonly<Record<string, Answer>>): Exchange[] {
  const exchanges: Exchange[] = [];
  vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
    const exchange: Exchange = {
      method: init.method ?? "GET",
      path: address,
      headers: new Headers(init.headers),
      body: init.body === undefined ? null : JSON.parse(String(init.body)),
    };
    exchanges.push(exchange);
    const answer = answers[`${exchange.method} ${address.split("?")[0]}`];
    if (!answer) return Response.json({ error: "There is nothing here." }, { status: 404 });
    const result = typeof answer === "function" ? answer(exchange) : answer;
    return result instanceof Response ? result : Response.json(result);
  });
  return exchanges;
}

/** The server's side of a WebSocket that the app has opened. */
export class TestSocket extends EventTarget {
  static all: TestSocket[] = [];
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    TestSocket.all.push(this);
  }

  say(message: object): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  end(code: number): void {
    const event = Object.assign(new Event("close"), { code });
    this.dispatchEvent(event);
  }

  close(): void {
    this.end(1000);
  }
}

export function startTestSockets(): void {
  TestSocket.all = [];
  vi.stubGlobal("WebSocket", TestSocket);
}

export function lastSocket(): TestSocket {
  const socket = TestSocket.all.at(-1);
  if (!socket) throw new Error("the app has opened no WebSocket");
  return socket;
}

export function sampleChange(changes: Partial<Change> = {}): Change {
  return {
    version: 1,
    line: 3,
    state: "severe",
    message: "A tree has fallen.",
    author: "ida",
    at: new Date().toISOString(),
    ...changes,
  };
}

export function sampleLine(changes: Partial<Line> = {}): Line {
  return {
    id: 3,
    number: "3",
    name: "Central Station – Airport",
    colour: "#1b7a43",
    state: "good",
    change: null,
    ...changes,
  };
}

export function sampleBoard(changes: Partial<Board> = {}): Board {
  const other = sampleLine({ id: 1, number: "1", name: "Harbour – Oak Park" });
  return { app: "1.0.0", version: 0, lines: [other, sampleLine()], changes: [], ...changes };
}
