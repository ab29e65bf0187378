/** Lets many clients read and change counters at once, while workers die, and notes what they see. */

import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { HistoryClock, HistoryLog } from "../../../helpers/history/history.ts";
import { createRandom, type SeededRandom } from "../../../helpers/history/seeded-random.ts";
import { type TimedAnswer, TimedClient } from "../../../helpers/history/timed-client.ts";
import { HOST, mintToken, SECRETS } from "../mizan-app.ts";
import {
  buildKill,
  type CounterMutation,
  chooseMutation,
  readRaised,
} from "./counter-mutations.ts";
import {
  type CounterRead,
  chooseRead,
  chooseReadOf,
  type Identity,
  readCount,
} from "./counter-reads.ts";
import type { CountersApp } from "./counters-app.ts";

export interface HistoryOptions {
  readonly seed: number;
  readonly operations: number;
  readonly users: number;
  readonly anonymous: number;
  /** Workers that end in the middle of a mutation. */
  readonly kills: number;
}

/** Of what a user does by his own choice; reads follow each mutation. */
const MUTATION_SHARE = 0.06;
/** Of mutations: the client goes away before the answer. */
const LEAVING_SHARE = 0.05;

interface HistoryClient {
  readonly identity: Identity;
  readonly random: SeededRandom;
  readonly edge: TimedClient;
  readonly origin: TimedClient;
}

export class HistoryRun {
  readonly clock = new HistoryClock();
  readonly log = new HistoryLog();
  /** Answers that were made for another, or under another name. */
  readonly leaks: string[] = [];
  /** Answers other than the app's own, by what they were. */
  readonly oddities = new Map<string, number>();
  readonly #options: HistoryOptions;
  readonly #clients: readonly HistoryClient[];
  #begun = 0;
  #kills = 0;

  constructor(app: CountersApp, options: HistoryOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: options.users + options.anonymous }, (_, index) => {
      const user = index < options.users ? String(index + 1) : null;
      return {
        identity: { user, token: user === null ? null : mintToken({ sub: user }) },
        random: createRandom(options.seed + index * 7919),
        edge: new TimedClient(this.clock, { port: app.port }),
        origin: new TimedClient(this.clock, { socketPath: app.fixture.slotSocket(0) }),
      };
    });
  }

  /** Of all operations, the share that was begun: 0 to 1. */
  get share(): number {
    return this.#begun / this.#options.operations;
  }

  async run(): Promise<void> {
    await Promise.all(
      this.#clients.map(async (client) => {
        while (this.share < 1) await this.#act(client);
      }),
    );
    for (const { edge, origin } of this.#clients) {
      edge.end();
      origin.end();
    }
  }

  async #act(client: HistoryClient): Promise<void> {
    const { random, identity } = client;
    const isKiller = client === this.#clients[0];
    if (isKiller && this.#isKillDue()) {
      this.#kills += 1;
      return this.#mutate(client, buildKill(this.#kills - 1, random, identity));
    }
    const mayMutate = identity.user !== null && !isKiller;
    if (!mayMutate || random.next() >= MUTATION_SHARE) {
      return this.#read(client, chooseRead(random, identity));
    }
    return this.#mutate(client, chooseMutation(random, identity));
  }

  /** Evenly spread. Who kills changes nothing else, so that nothing but its own outcome shows the change. */
  #isKillDue(): boolean {
    const { kills } = this.#options;
    return this.#kills < kills && this.share > (this.#kills + 0.5) / (kills + 1);
  }

  async #read({ edge, identity }: HistoryClient, read: CounterRead): Promise<void> {
    this.#begun += 1;
    const answer = await edge.ask(read.request).answer;
    if (answer.status !== (read.isForeign ? 403 : 200)) return this.#noteOddity("read", answer);
    if (read.isForeign) return;
    const { key, n, made_for, host, revision } = readCount(answer);
    if (key !== read.key || made_for !== identity.user || host !== read.host) {
      this.leaks.push(`${read.entry} got ${answer.body}`);
      return;
    }
    const { sentAt, endedAt: answeredAt, headers } = answer;
    const mark = String(headers["x-mizan-edge"]);
    this.log.reads.push({ key, entry: read.entry, sentAt, answeredAt, n, mark, revision });
  }

  async #mutate(client: HistoryClient, mutation: CounterMutation): Promise<void> {
    this.#begun += 1;
    const { random } = client;
    const { isPastEdge } = mutation;
    const asked = (isPastEdge ? client.origin : client.edge).ask(mutation.request);
    const isLeaving = !isPastEdge && random.next() < LEAVING_SHARE;
    if (isLeaving) await Promise.race([sleep(random.below(40)), asked.answer]);
    if (isLeaving) asked.leave();
    // Not a moment later than the answer's first byte, which is all that is promised.
    const isAtHead = !isPastEdge && mutation.answeredAt === "head";
    if (isAtHead) await asked.head;
    const following = isAtHead ? this.#follow(client, mutation) : null;
    const answer = await asked.answer;
    const toldAt = isPastEdge ? await this.#tell(client, mutation, answer) : null;
    this.#noteMutation(mutation, answer, { isLeaving, toldAt });
    await (following ?? this.#follow(client, mutation));
  }

  /** The first to ask after the answer are the one who made the change, and somebody else. */
  async #follow(client: HistoryClient, { keys }: CounterMutation): Promise<void> {
    const { random } = client;
    const key = keys[random.below(keys.length)];
    const other = this.#clients[random.below(this.#clients.length)];
    if (key === undefined || other === undefined) throw new Error("nobody is there");
    const readers = key.startsWith("mine:") ? [client] : [client, other];
    await Promise.all(
      readers.map((reader) => this.#read(reader, chooseReadOf(key, random, reader.identity))),
    );
  }

  /** @returns when the Edge confirmed to know of a write past it; null: it did not */
  async #tell(
    { edge }: HistoryClient,
    { keys }: CounterMutation,
    { status }: TimedAnswer,
  ): Promise<number | null> {
    if (status !== 200) return null;
    const answer = await edge.ask(buildInvalidation(keys)).answer;
    if (answer.status === 200) return answer.headAt;
    this.#noteOddity("invalidation", answer);
    return null;
  }

  #noteMutation(
    { name, keys, raises, ...expected }: CounterMutation,
    answer: TimedAnswer,
    { isLeaving, toldAt }: { readonly isLeaving: boolean; readonly toldAt: number | null },
  ): void {
    const values = keys.map((key) => readRaised(answer, key));
    const saysNothing = expected.status < 300 && values.includes(null);
    const isAsExpected = answer.status === expected.status && !saysNothing;
    const isDone = isAsExpected ? expected.isDone : null;
    if (!isAsExpected && !isLeaving) this.#noteOddity(name, answer);
    const { sentAt, headAt, endedAt } = answer;
    const ownAt = expected.answeredAt === "head" ? headAt : endedAt;
    const answeredAt = expected.isPastEdge ? toldAt : ownAt;
    const most = isDone === false ? 0 : raises;
    for (const [index, key] of keys.entries()) {
      const n = values[index] ?? null;
      this.log.mutations.push({ key, name, sentAt, answeredAt, raises: most, isDone, n });
    }
  }

  #noteOddity(what: string, { status, error, body }: TimedAnswer): void {
    const text = `${what}: ${error ?? `${status} ${body.slice(0, 100)}`}`;
    this.oddities.set(text, (this.oddities.get(text) ?? 0) + 1);
  }
}

/** Signed, as the runtime sends it. */
function buildInvalidation(keys: readonly string[]) {
  const targets = keys.map((key) => ({
    context: "item",
    params: { item_id: Number(key.slice(5)) },
  }));
  const body = JSON.stringify({ id: randomUUID(), sentAtMs: Date.now(), targets });
  const [key] = SECRETS.edge;
  if (key === undefined) throw new Error("no key");
  const signature = createHmac("sha256", key.secret).update(body).digest("base64url");
  const headers = { host: HOST, "x-mizan-signature": `k=${key.kid};s=${signature}` };
  return { method: "POST", path: "/_mizan/invalidate", headers, body };
}
