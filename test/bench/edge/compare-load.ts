/** Two servers under the same load in turn, so that whatever else the machine does meets both. */

import { medianOf } from "../figure.ts";
import type { BenchEdge, Server } from "./bench-site.ts";
import { readCpuMs } from "./workerd-process.ts";
import { type Load, runWrk } from "./wrk.ts";

/** Of the issue. */
const RUNS = 5;
const RUN_SECONDS = 2;
const LONGEST_WARM_UP_SECONDS = 128;

export interface Side extends Omit<Load, "port" | "seconds"> {
  readonly server: Server | BenchEdge;
}

export interface Comparison {
  /** Median over the runs of the first side's requests per second, divided by the second's. */
  readonly share: number;
  /** The same of requests per second of the server's processor time: who else is busy matters less. */
  readonly cpuShare: number;
  /** Medians of each side. */
  readonly one: Measured;
  readonly other: Measured;
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of all threads of the server, per request. */
  readonly cpuMicroseconds: number;
}

/** @throws if an Edge answered anything but hits */
export async function compareLoad(one: Side, other: Side): Promise<Comparison> {
  const pairs: { one: Measured; other: Measured }[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    // Each is first in turn: nobody has the machine warmed for him.
    const first = run % 2 === 0 ? one : other;
    const before = await measureLoad(first);
    const after = await measureLoad(first === one ? other : one);
    pairs.push(first === one ? { one: before, other: after } : { one: after, other: before });
  }
  return {
    share: medianOf(pairs.map((pair) => pair.one.requestsPerSecond / pair.other.requestsPerSecond)),
    cpuShare: medianOf(pairs.map((pair) => pair.other.cpuMicroseconds / pair.one.cpuMicroseconds)),
    one: findMedians(pairs.map((pair) => pair.one)),
    other: findMedians(pairs.map((pair) => pair.other)),
  };
}

/** @returns what to add to the name of a figure: ` (2100 : 2300 requests/s; by processor time 0.91)` */
export function describeLoads({ one, other, cpuShare }: Comparison): string {
  const rates = [one, other].map((side) => side.requestsPerSecond.toFixed(0)).join(" : ");
  return ` (${rates} requests/s; by processor time ${cpuShare.toFixed(2)})`;
}

/** Ever longer, until every path was asked and all came from the cache. */
export async function warmUp(side: Side, paths = 1): Promise<void> {
  for (let seconds = RUN_SECONDS; seconds <= LONGEST_WARM_UP_SECONDS; seconds *= 2) {
    const before = await countOthers(side.server);
    const { requests } = await runWrk({ ...side, port: side.server.port, seconds });
    if (requests > paths && (await countOthers(side.server)) === before) return;
  }
  throw new Error(`${side.path} is still no hit`);
}

async function measureLoad({ server, ...load }: Side): Promise<Measured> {
  const missesBefore = await countOthers(server);
  const cpuBeforeMs = readCpuMs(server.child);
  const result = await runWrk({ ...load, port: server.port, seconds: RUN_SECONDS });
  const cpuMs = readCpuMs(server.child) - cpuBeforeMs;
  const misses = (await countOthers(server)) - missesBefore;
  if (misses > 0) throw new Error(`${misses} requests for ${load.path} were no hits`);
  return { ...result, cpuMicroseconds: (cpuMs * 1000) / result.requests };
}

/** Everything but hits; 0 where nobody counts. */
async function countOthers(server: Server | BenchEdge): Promise<number> {
  if (!("readStats" in server)) return 0;
  const { misses, bypasses } = await server.readStats();
  return Object.values(bypasses).reduce((sum, count) => sum + count, misses);
}

function findMedians(runs: readonly Measured[]): Measured {
  return {
    requestsPerSecond: medianOf(runs.map((run) => run.requestsPerSecond)),
    p50Ms: medianOf(runs.map((run) => run.p50Ms)),
    p99Ms: medianOf(runs.map((run) => run.p99Ms)),
    cpuMicroseconds: medianOf(runs.map((run) => run.cpuMicroseconds)),
  };
}
