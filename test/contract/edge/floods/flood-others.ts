/** The others, who are not to notice a flood: they read a hot set in a seeded pattern, and now and then write. */

import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../../helpers/history/seeded-random.ts";
import { CALL, contextPath, mintToken } from "../mizan-app.ts";
import type { FloodApp } from "./flood-app.ts";
import { type Sent, send } from "./flood-client.ts";

const READS_PER_CLIENT = 120;
const READS_PER_WRITE = 20;
const PAUSE_MS = 2;
const SEED = 20261124;

/** Besides the news, and for users what is their own. */
const ITEMS = ["1", "2", "3", "4", "5", "6"];
const PAGES = ["one", "two"];

interface Other {
  readonly address: string;
  /** null: anonymous. */
  readonly user: string | null;
}

const OTHERS: readonly Other[] = [
  { address: "127.0.1.1", user: "anna" },
  { address: "127.0.1.2", user: "ben" },
  { address: "127.0.1.3", user: null },
  { address: "127.0.1.4", user: null },
];

export const OTHERS_ADDRESSES = OTHERS.map(({ address }) => address);

export interface Experience {
  readonly reads: number;
  readonly hits: number;
  readonly writes: number;
  /** Everything that must not be: refused, lost, older than what was written, of somebody else. */
  readonly complaints: readonly string[];
  readonly slowestMs: number;
  /** What the Edge said, and how often. */
  readonly marks: Readonly<Record<string, number>>;
}

interface Question {
  readonly path: string;
  /** Of what it shows. */
  readonly name: string;
}

/** What one of them does is the same each time; how they interleave is not. */
export async function liveThrough(app: FloodApp): Promise<Experience> {
  const notes = new Notes();
  await Promise.all(OTHERS.map((other, index) => live(app, other, index, notes)));
  return notes.sum();
}

async function live(app: FloodApp, other: Other, index: number, notes: Notes): Promise<void> {
  const { address, user } = other;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const random = createRandom(SEED + index).next;
  const headers = {
    cookie: "theme=dark; _ga=1",
    "user-agent": "Mozilla/5.0",
    "accept-language": "de",
    ...(user === null ? {} : { "x-mizan-token": mintToken({ sub: user }) }),
  };
  const asked = { port: app.edge.port, agent, localAddress: address, headers };
  for (let count = 1; count <= READS_PER_CLIENT; count += 1) {
    const question = pick(random, listQuestions(user));
    const settled = app.getSettled(question.name);
    notes.noteRead(question, { settled, user }, await send({ ...asked, path: question.path }));
    if (count % READS_PER_WRITE === 0 && user !== null) {
      const item = pick(random, ITEMS);
      const call =
        count % (2 * READS_PER_WRITE) === 0
          ? { fn: "set_news", args: {} }
          : { fn: "set_item", args: { item_id: item } };
      const name = call.fn === "set_news" ? "news" : `item ${item}`;
      const answer = await send({
        ...asked,
        path: CALL,
        method: "POST",
        body: JSON.stringify(call),
      });
      notes.noteWrite(answer);
      if (answer.status === 200) app.settle(name, JSON.parse(answer.body).result);
    }
    await sleep(PAUSE_MS);
  }
  agent.destroy();
}

function listQuestions(user: string | null): readonly Question[] {
  const news = { path: contextPath("news"), name: "news" };
  const own = { path: `${contextPath("user")}?user_id=${user}`, name: `user ${user}` };
  const items = ITEMS.map((id) => ({
    path: `${contextPath("item")}?item_id=${id}`,
    name: `item ${id}`,
  }));
  const pages = PAGES.map((slug) => ({ path: `/p/${slug}/`, name: `page ${slug}` }));
  return [news, ...items, ...pages, ...(user === null ? [] : [own])];
}

/** What they saw. */
class Notes {
  readonly #complaints: string[] = [];
  readonly #marks = new Map<string, number>();
  #reads = 0;
  #hits = 0;
  #writes = 0;
  #slowestMs = 0;

  noteRead(
    { path, name }: Question,
    { settled, user }: { readonly settled: number; readonly user: string | null },
    answer: Sent,
  ): void {
    this.#reads += 1;
    this.#note(answer);
    if (answer.mark === "HIT") this.#hits += 1;
    if (answer.status !== 200) {
      this.#complaints.push(`${path}: ${answer.status} ${answer.error ?? answer.body}`);
      return;
    }
    const body: { version: number; user: string | null } = JSON.parse(answer.body);
    if (body.user !== user) this.#complaints.push(`${path}: for ${user}, but of ${body.user}`);
    if (body.version < settled) {
      this.#complaints.push(`${name}: ${body.version}, though ${settled} was written before`);
    }
  }

  noteWrite(answer: Sent): void {
    this.#writes += 1;
    this.#note(answer);
    if (answer.status !== 200) {
      this.#complaints.push(`a mutation: ${answer.status} ${answer.error ?? answer.body}`);
    }
  }

  sum(): Experience {
    return {
      reads: this.#reads,
      hits: this.#hits,
      writes: this.#writes,
      complaints: this.#complaints,
      slowestMs: Math.round(this.#slowestMs),
      marks: Object.fromEntries(this.#marks),
    };
  }

  #note({ mark, tookMs }: Sent): void {
    this.#marks.set(mark, (this.#marks.get(mark) ?? 0) + 1);
    this.#slowestMs = Math.max(this.#slowestMs, tookMs);
  }
}

function pick<T>(random: () => number, all: readonly T[]): T {
  const one = all[Math.floor(random() * all.length)];
  if (one === undefined) throw new Error("nothing to pick from");
  return one;
}
