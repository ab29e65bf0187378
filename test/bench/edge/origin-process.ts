/**
 * An origin that costs next to nothing, as a process of its own on a Unix socket (first argument): 2 KiB
 * for every GET, signed as the runtime signs.
 *
 * - `CATALOG_PATH`, `LATE_PATH`: the contexts that pages are made of; the latter after `LATE_MS`.
 * - `COUNT_PATH`: how often `SLOW_PATH` was asked; it answers after a second.
 * - POST: the answer of a call that invalidates the context named in its body's `affects`.
 */

import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { buildCatalog, buildReviews } from "../render/catalog-data.ts";
import {
  BODY_BYTES,
  CATALOG_PATH,
  COUNT_PATH,
  LATE_MS,
  LATE_PATH,
  SLOW_PATH,
  WIRE_KEY,
} from "./bench-app.ts";

const SLOW_MS = 1000;
/** nginx ends a connection earlier than the app, never the other way round. */
const KEEP_ALIVE_MS = 60_000;

const page = Buffer.from(JSON.stringify({ data: "x".repeat(BODY_BYTES - '{"data":""}'.length) }));
const catalog = Buffer.from(JSON.stringify(buildCatalog()));
const reviews = Buffer.from(JSON.stringify(buildReviews()));
let slowCount = 0;

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  if (request.method === "POST") void answerCall(request, response);
  else if (request.url === COUNT_PATH) response.end(String(slowCount));
  else if (request.url?.startsWith(SLOW_PATH)) answerSlowly(request, response);
  else answerContext(request, response);
});
server.listen(process.argv[2], () => process.send?.("listening"));
process.on("disconnect", () => server.close(() => undefined).closeAllConnections());

function answerContext(request: IncomingMessage, response: ServerResponse): void {
  const [path] = request.url?.split("?") ?? [];
  if (path === CATALOG_PATH) answer(request, response, catalog);
  else if (path === LATE_PATH) setTimeout(() => answer(request, response, reviews), LATE_MS);
  else answer(request, response, page);
}

function answerSlowly(request: IncomingMessage, response: ServerResponse): void {
  slowCount += 1;
  setTimeout(() => answer(request, response, page), SLOW_MS);
}

async function answerCall(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { affects }: { affects: string } = JSON.parse(String(await buffer(request)));
  const body = Buffer.from(JSON.stringify({ result: "done", invalidate: [affects] }));
  answer(request, response, body);
}

/** Signed whoever asks, so that the bare origin has the same to do. */
function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const id = /i=([^;]+)/.exec(String(request.headers["x-mizan-intent"]))?.[1] ?? "none";
  const isCall = request.method === "POST";
  const route = request.url?.startsWith("/p/") ? encodeURIComponent(findPattern(request.url)) : "";
  const fields = [`w=${isCall ? 1 : 0}`, "session=0", `r=${route}`, `i=${id}`];
  const signed = ["200", ...fields, ""].join("\n");
  const mac = createHmac("sha256", WIRE_KEY.secret).update(signed).digest("base64url");
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": body.byteLength,
    "x-mizan-wrote": [...fields, `k=${WIRE_KEY.kid}`, `s=${mac}`].join(";"),
  });
  response.end(body);
}

/** `/p/c7/<slug>/` is the page of context c7. */
function findPattern(url: string): string {
  return url.replace(/[^/]+\/$/, ":slug/");
}
