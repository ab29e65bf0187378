/** For tests: answers the app's requests in place of Django. */

import { vi } from "vitest";

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: { readonly fn?: string; readonly args?: Readonly<Record<string, unknown>> } | null;
}

type Answer = object | ((exchange: Exchange) => Response | object);

/** Lives for five minutes, as Mizan's do. */
export const TOKEN = { result: { token: "a.b.c", expires_in: 300 } };

/**
 * `answers` goes from `GET /api/mizan/ctx/cart/` (without the query) or `call add_to_cart` to a
 * body or a function; anything else is a 404.
 */
export function startTestServer(answers: Readonly<Record<string, Answer>>): Exchange[] {
  const exchanges: Exchange[] = [];
  vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
    const exchange: Exchange = {
      method: init.method ?? "GET",
      path: address,
      headers: new Headers(init.headers),
      body: typeof init.body === "string" ? JSON.parse(init.body) : null,
    };
    exchanges.push(exchange);
    const name = exchange.body?.fn
      ? `call ${exchange.body.fn}`
      : `${exchange.method} ${address.split("?")[0]}`;
    const answer = answers[name];
    if (!answer) return refuse(404, "There is nothing here.");
    const result = typeof answer === "function" ? answer(exchange) : answer;
    return result instanceof Response ? result : Response.json(result);
  });
  return exchanges;
}

export function refuse(status: number, message: string, details?: unknown): Response {
  return Response.json({ error: { code: "REFUSED", message, details } }, { status });
}

/** The language that was chosen in the test before. */
export function forgetLanguage(): void {
  // biome-ignore lint/suspicious/noDocumentCookie: it is what the app writes
  document.cookie = "django_language=; path=/; max-age=0";
}
