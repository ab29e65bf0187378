/** Runs wrk, Debian's load generator in C: one thread, which no server of one thread keeps busy. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findDebianProgram } from "./debian-programs.ts";

const run = promisify(execFile);

/** Of the issue. */
const CONNECTIONS = 32;
/** An answer that takes longer ends the bench. */
const TIMEOUT_SECONDS = 30;

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** Lua that replaces wrk's one request. Absent: `path` again and again. */
  readonly scriptPath?: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** @throws if any request failed or was not answered 2xx or 3xx: it would measure something else */
export async function runWrk({
  port,
  path,
  headers,
  seconds,
  scriptPath,
}: Load): Promise<LoadResult> {
  const { path: program, env } = findDebianProgram("wrk");
  const { stdout } = await run(
    program,
    [
      "--threads=1",
      `--connections=${CONNECTIONS}`,
      `--duration=${seconds}s`,
      `--timeout=${TIMEOUT_SECONDS}s`,
      "--latency",
      ...Object.entries(headers).map(([name, value]) => `--header=${name}: ${value}`),
      ...(scriptPath === undefined ? [] : [`--script=${scriptPath}`]),
      `http://127.0.0.1:${port}${path}`,
    ],
    { env },
  );
  if (/Socket errors|Non-2xx/.test(stdout))
    throw new Error(`${path} failed under load:\n${stdout}`);
  return {
    requests: Number(find(stdout, /(\d+) requests in/)),
    requestsPerSecond: Number(find(stdout, /Requests\/sec:\s+([\d.]+)/)),
    p50Ms: readMs(find(stdout, /^\s+50%\s+(\S+)\s*$/m)),
    p99Ms: readMs(find(stdout, /^\s+99%\s+(\S+)\s*$/m)),
  };
}

function find(output: string, pattern: RegExp): string {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new Error(`wrk said something else:\n${output}`);
  return found;
}

const MS_PER_UNIT: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** `345.00us`, `1.20ms`. */
function readMs(text: string): number {
  const [, amount, unit = ""] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  const factor = MS_PER_UNIT[unit];
  if (amount === undefined || factor === undefined) throw new Error(`wrk's time ${text}`);
  return Number(amount) * factor;
}
