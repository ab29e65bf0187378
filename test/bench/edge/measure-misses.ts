/** A thousand identical misses at once, and what an entry takes. */

import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { countFigure, type Figure, plainFigure } from "../figure.ts";
import { buildContextPath, COUNT_PATH, HOST, SLOW_PATH } from "./bench-app.ts";
import { type BenchEdge, type BenchSite, EDGE_BUNDLE } from "./bench-site.ts";
import { readResidentBytes } from "./workerd-process.ts";
import { runWrk } from "./wrk.ts";

/** Of the issue. */
const AT_ONCE = 1000;
/** So long entries are made, each of another parameter. */
const FILL_SECONDS = 4;
/** More than are asked in that time. */
const FAR = 10_000_000;
const KIB = 1024;

/** All connections stand before the first request is written; the origin takes a second to answer. */
export async function measureCollapse(edge: BenchEdge, originSocket: string): Promise<Figure> {
  const sockets = await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const socket = connect(edge.port, "127.0.0.1");
      await once(socket, "connect");
      return socket;
    }),
  );
  const answers = sockets.map(readStatus);
  const lines = [`GET ${SLOW_PATH} HTTP/1.1`, `Host: ${HOST}`, "Connection: close", "", ""];
  for (const socket of sockets) socket.write(lines.join("\r\n"));
  const statuses = await Promise.all(answers);
  const failed = statuses.filter((status) => status !== "200");
  if (failed.length > 0)
    throw new Error(`${failed.length} of ${AT_ONCE} were not answered: ${failed[0]}`);
  const asked = await countSlow(originSocket);
  return countFigure(`questions to the origin for ${AT_ONCE} identical misses at once`, asked, 1);
}

/** @returns of the answer, whose whole body must come */
async function readStatus(socket: Socket): Promise<string> {
  const answer = await text(socket);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  return Number(length) === body.length ? (head.split(" ")[1] ?? "") : `cut: ${head}`;
}

function countSlow(socketPath: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path: COUNT_PATH, agent: false }, (response) => {
      text(response).then((count) => resolve(Number(count)), reject);
    }).on("error", reject);
  });
}

/** @param edge that nobody has asked anything else */
export async function measureMemory(edge: BenchEdge, site: BenchSite): Promise<readonly Figure[]> {
  const scriptPath = join(site.folder, "fill.lua");
  const fill = async (from: number) => {
    writeFileSync(scriptPath, buildFillScript(from));
    const load = { port: edge.port, path: "/", headers: { Host: HOST }, scriptPath };
    const { requestsPerSecond } = await runWrk({ ...load, seconds: FILL_SECONDS });
    const { entries, memoryBytes } = await edge.readStats();
    return {
      requestsPerSecond,
      entries,
      memoryBytes,
      residentBytes: readResidentBytes(edge.child),
    };
  };
  await fill(0); // code, and the heap of a process at work
  const before = await fill(FAR);
  const after = await fill(2 * FAR);
  const entries = after.entries - before.entries;
  const counted = (after.memoryBytes - before.memoryBytes) / entries / KIB;
  const resident = (after.residentBytes - before.residentBytes) / entries / KIB;
  const bundle = readFileSync(EDGE_BUNDLE);
  return [
    plainFigure("stored misses at 32 connections", after.requestsPerSecond, "/s", 0),
    plainFigure("an entry of 2 KiB, as it is counted", counted, "KiB", 1),
    plainFigure("an entry of 2 KiB, as the process grows by it", resident, "KiB", 1),
    plainFigure("the Edge's bundle", bundle.byteLength / KIB, "KiB", 0),
    plainFigure("the Edge's bundle, gzip", gzipSync(bundle).byteLength / KIB, "KiB", 0),
  ];
}

/** Asks for one item after the other, each another entry. */
function buildFillScript(from: number): string {
  return `local count = ${from}
request = function()
  count = count + 1
  return wrk.format("GET", "${buildContextPath(3)}?item_id=" .. count)
end
`;
}
