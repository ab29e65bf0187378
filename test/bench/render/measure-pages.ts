/** Declared pages through the Edge: what a hit costs, and when the first byte of a slow page is there. */

import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { HOST, LATE_MS } from "../edge/bench-app.ts";
import type { BenchEdge, BenchSite } from "../edge/bench-site.ts";
import { compareLoad, describeLoads, warmUp } from "../edge/compare-load.ts";
import { type Figure, medianOf, plainFigure, shareCeilingFigure, shareFigure } from "../figure.ts";
import { buildPagesState, buildProductPath, CATALOG_PAGE } from "./bench-pages.ts";
import { startRender } from "./render-site.ts";

/** Of the issue. */
const HIT_FLOOR = 0.8;
const FIRST_BYTE_CEILING = 0.2;
/** Each takes half a second. */
const SLOW_PAGES = 15;
/** Until everything on the way is compiled. */
const WARM_UP_PAGES = 3;

export async function measurePages(site: BenchSite): Promise<readonly Figure[]> {
  await site.startOrigin();
  const renderSocket = join(site.folder, "render.sock");
  await startRender(site, `unix:${renderSocket}`);
  const edge = await site.startEdge("pages", buildPagesState(), renderSocket);
  return [...(await measureHit(site, edge)), ...(await measureFirstByte(edge))];
}

async function measureHit(site: BenchSite, edge: BenchEdge): Promise<readonly Figure[]> {
  const load = { path: CATALOG_PAGE, headers: { Host: HOST, Accept: "text/html" } };
  await warmUp({ server: edge, ...load });
  const answer = await ask(edge.port, CATALOG_PAGE);
  const body = Buffer.concat(await answer.toArray());
  const constant = await site.startConstant(body, answer.headers["content-type"] ?? "");
  const measured = await compareLoad({ server: edge, ...load }, { server: constant, ...load });
  const name = `HIT of a declared page of ${(body.byteLength / 1024).toFixed(1)} KiB to a constant`;
  return [shareFigure(`${name}${describeLoads(measured)}`, measured.share, HIT_FLOOR)];
}

async function measureFirstByte(edge: BenchEdge): Promise<readonly Figure[]> {
  const times: PageTimes[] = [];
  for (let index = 0; index < WARM_UP_PAGES + SLOW_PAGES; index += 1) {
    const time = await timePage(edge.port, buildProductPath(index));
    if (index >= WARM_UP_PAGES) times.push(time);
  }
  const find = (pick: (time: PageTimes) => number) => medianOf(times.map(pick));
  const share = find(({ firstMs, lastMs }) => firstMs / lastMs);
  const name = `first byte of a page with a context of ${LATE_MS} ms, of the time to its last`;
  return [
    shareCeilingFigure(name, share, FIRST_BYTE_CEILING),
    plainFigure(
      "the same in milliseconds",
      find(({ firstMs }) => firstMs),
      "ms",
      1,
    ),
    plainFigure(
      "all of that page but what is late",
      find(({ shellMs }) => shellMs),
      "ms",
      1,
    ),
  ];
}

/** From the request to bytes of the body. */
interface PageTimes {
  readonly firstMs: number;
  /** To the end of what does not wait for the late context. */
  readonly shellMs: number;
  readonly lastMs: number;
}

/** @throws if the page is not whole, or has not been rendered for this request */
async function timePage(port: number, path: string): Promise<PageTimes> {
  const startedAtMs = performance.now();
  const sinceMs = () => performance.now() - startedAtMs;
  const answer = await ask(port, path);
  let [firstMs, shellMs] = [Number.NaN, Number.NaN];
  let html = "";
  answer.setEncoding("utf8");
  for await (const text of answer) {
    if (html === "") firstMs = sinceMs();
    html += text;
    if (Number.isNaN(shellMs) && html.includes("Reviews are coming.")) shellMs = sinceMs();
  }
  const mark = answer.headers["x-mizan-edge"];
  const isWhole = /Reviews are coming\..*My third\..*<!--mizan:[^>]*:complete-->$/s.test(html);
  if (mark === "MISS" && isWhole) return { firstMs, shellMs, lastMs: sinceMs() };
  throw new Error(`${path} is a ${mark}: ${html}`);
}

async function ask(port: number, path: string): Promise<IncomingMessage> {
  const asked = get({ port, path, headers: { host: HOST, accept: "text/html" }, agent: false });
  const [answer]: IncomingMessage[] = await once(asked, "response");
  if (answer?.statusCode !== 200) throw new Error(`${path} answered ${answer?.statusCode}`);
  return answer;
}
