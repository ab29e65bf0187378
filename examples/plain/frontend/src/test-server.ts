/** For tests: answers the app's requests in place of Django. */

import { vi } from "vitest";

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
}

type Answer = object | ((exchange: Exchange) => Response | object);

/** `answers` goes from `GET /api/notes/` (without the query) to a body or a function; else 404. */
export function startTestServer(answers: Readonly<Record<string, Answer>>): Exchange[] {
  const exchanges: Exchange[] = [];
  vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
    const exchange: Exchange = {
      method: init.method ?? "GET",
      path: address,
      headers: new Headers(init.headers),
      body: init.body,
    };
    exchanges.push(exchange);
    const answer = answers[`${exchange.method} ${address.split("?")[0]}`];
    if (!answer) return Response.json({ error: "There is nothing here." }, { status: 404 });
    const result = typeof answer === "function" ? answer(exchange) : answer;
    return result instanceof Response ? result : Response.json(result);
  });
  return exchanges;
}

/** A note with everything; `changes` replaces some of it. */
export function sampleNote(changes: object = {}) {
  return {
    id: 3,
    title: "A kingfisher at the weir",
    excerpt: "A line of blue.",
    body: "A line of blue.",
    place: "Lower weir",
    author: "Ana",
    createdAt: "2026-11-20T08:00:00+00:00",
    wordCount: 4,
    tags: ["birds"],
    commentCount: 0,
    comments: [],
    hidden: false,
    photo: null,
    ...changes,
  };
}
