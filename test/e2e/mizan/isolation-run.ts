/** Sends reads side by side over shared connections, and finds what was made for another than who asked. */

import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import type { DirectOrigin } from "./direct-origin.ts";
import type { Expected, Read } from "./isolation-reads.ts";

/** Connections: far fewer than people, so that each carries the requests of many. */
const CONNECTIONS = 16;

export interface Answered {
  readonly read: Read;
  readonly status: number;
  readonly mark: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** In the order of sending, across all runs of a test. */
  readonly sentAtMs: number;
  readonly endedAtMs: number;
}

/** @param port of the Edge on 127.0.0.1 */
export async function sendAll(port: number, reads: readonly Read[]): Promise<readonly Answered[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const waiting = reads.values();
  const answers: Answered[] = [];
  const work = async () => {
    for (const read of waiting) answers.push(await send(port, agent, read));
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
  } finally {
    agent.destroy();
  }
  return answers;
}

function send(port: number, agent: Agent, read: Read): Promise<Answered> {
  const sentAtMs = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { ...read.headers, host: read.host };
    const asked = request({ host: "127.0.0.1", port, path: read.path, headers, agent });
    asked.setTimeout(60_000, () => asked.destroy(new Error(`no answer: ${read.path}`)));
    asked.once("error", reject);
    asked.once("response", (response: IncomingMessage) => {
      text(response).then((body) => {
        const { statusCode: status = 0, headers: received } = response;
        const mark = String(received["x-mizan-edge"]);
        const endedAtMs = performance.now();
        resolve({ read, status, mark, headers: received, body, sentAtMs, endedAtMs });
      }, reject);
    });
    asked.end();
  });
}

/** @returns one line for each answer that is not what it must be: none is right */
export async function findLeaks(
  answers: readonly Answered[],
  truths: readonly DirectOrigin[],
  earlier: readonly Answered[] = [],
): Promise<readonly string[]> {
  const firstMisses = findFirstMisses([...earlier, ...answers]);
  const found = await Promise.all(
    answers.map(async (answer) => {
      const problem =
        findWrongMark(answer, firstMisses) ??
        findWrongHead(answer) ??
        findWrongName(answer) ??
        (await findWrongBody(answer, truths));
      return problem === null ? null : describe(answer, problem);
    }),
  );
  return found.filter((line) => line !== null);
}

/** Of pages that the Edge renders, which the app itself cannot be asked for. As `findLeaks`. */
export function findPageLeaks(answers: readonly Answered[]): readonly string[] {
  const firstMisses = findFirstMisses(answers);
  return answers.flatMap((answer) => {
    const problem =
      findWrongMark(answer, firstMisses) ??
      findWrongHead(answer) ??
      findWrongName(answer) ??
      findWrongPage(answer);
    return problem === null ? [] : [describe(answer, problem)];
  });
}

/** The frame of the page says who is there, besides what the contexts say. */
function findWrongPage({ read: { expected }, status, body }: Answered): string | null {
  if (status !== 200) return "no page";
  if (!body.includes(`<div class="site" lang="${expected?.language}">`)) return "another language";
  const isSomebodys = /action="[^"]*"><button type="submit" class="link-button"/.test(body);
  return isSomebodys === (expected?.madeFor !== null) ? null : "somebody else's frame";
}

/**
 * A small model of the key, which knows nothing of the Edge's: host, path, whose claims, language.
 * What hits must have been missed before by one of the same.
 */
function buildModelKey({ host, path, expected }: Read): string {
  const claims = expected?.token?.split(".")[1];
  const {
    sub,
    pkey,
    staff,
    super: superuser,
  } = claims === undefined ? {} : JSON.parse(Buffer.from(claims, "base64url").toString());
  const identity = expected?.token === null ? "nobody" : [sub, pkey, staff, superuser];
  return JSON.stringify([host, path, identity, expected?.language]);
}

function findFirstMisses(answers: readonly Answered[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { read, mark, sentAtMs } of answers) {
    if (mark !== "MISS") continue;
    const key = buildModelKey(read);
    first.set(key, Math.min(sentAtMs, first.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return first;
}

function findWrongMark(
  { read, mark, endedAtMs }: Answered,
  firstMisses: ReadonlyMap<string, number>,
): string | null {
  if (read.reason !== null) {
    return mark === `BYPASS; reason=${read.reason}` ? null : `not a bypass for ${read.reason}`;
  }
  if (mark === "MISS") return null;
  if (mark !== "HIT") return "neither HIT nor MISS";
  const missedAtMs = firstMisses.get(buildModelKey(read)) ?? Number.POSITIVE_INFINITY;
  return missedAtMs < endedAtMs ? null : "a hit that nobody like this missed before";
}

function findWrongHead({ mark, headers }: Answered): string | null {
  if (headers["cache-control"] !== "private, no-store") return "a browser may keep it";
  if (mark === "HIT" && "set-cookie" in headers) return "a cookie from the cache";
  return null;
}

/** Contexts and pages of the shop say whom they were made for. */
function findWrongName({ read, status, body }: Answered): string | null {
  const names = [...body.matchAll(/"made_for":(?:"(\d+)"|null)/g)].map(([, id]) => id ?? null);
  const page = /(?:Made for customer|Für Kundin oder Kunden) (\d+)|Made for everybody|Für alle/;
  const footer = page.exec(body);
  if (footer !== null) names.push(footer[1] ?? null);
  if (status !== 200) return names.length === 0 ? null : "a refusal with data";
  if (names.length === 0) return "nobody's name";
  const wrong = names.find((name) => name !== (read.expected?.madeFor ?? null));
  return wrong === undefined ? null : `made for ${wrong}`;
}

async function findWrongBody(
  { read, status, headers, body }: Answered,
  truths: readonly DirectOrigin[],
): Promise<string | null> {
  const { path, host, expected } = read;
  if (expected === null) return status === 400 ? null : "a strange host is answered";
  for (const truth of truths) {
    const right = await truth.ask({ path, host, ...pickAsked(expected) });
    const isRight = right.status === status && right.body === body;
    if (isRight && right.language === String(headers["content-language"])) return null;
  }
  return "not what the app says to this question";
}

function pickAsked({ token, language }: Expected) {
  return { token, language };
}

function describe({ read, status, mark, body }: Answered, problem: string): string {
  const asked = JSON.stringify({ host: read.host, path: read.path, headers: read.headers });
  return `${problem}: ${asked} → ${status} ${mark} ${body.slice(0, 300)}`;
}

/** Of the reads that the cache may answer. */
export function computeHitRatio(answers: readonly Answered[]): number {
  const open = answers.filter(({ read }) => read.reason === null);
  return open.filter(({ mark }) => mark === "HIT").length / open.length;
}
