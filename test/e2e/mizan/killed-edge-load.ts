/** Customers, staff and passers-by of a deployed shop, who read and change it without pause, and what they see. */

import { setTimeout as sleep } from "node:timers/promises";
import { HistoryClock, HistoryLog } from "../../helpers/history/history.ts";
import { createRandom, type SeededRandom } from "../../helpers/history/seeded-random.ts";
import {
  type TimedAnswer,
  TimedClient,
  type TimedRequest,
} from "../../helpers/history/timed-client.ts";

/** What every piece has of itself before anybody comes. */
export const FIRST_STOCK = 100_000;

/** Pieces whose stock is watched; carts take of the others, since a cart's upper limit is by piece. */
const WATCHED = [1, 2, 3] as const;
const FIRST_IN_CARTS = 4;
const PIECES_IN_CARTS = 11;
/** 20 of each, less what is lost: beyond it a cart would be refused. */
const MOST_ADDED = 200;

const PAUSE_MS = 10;
const CHANGE_SHARE = 0.15;

export interface Person {
  /** null: a passer-by. */
  readonly user: string | null;
  readonly isStaff: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** One request as the test's clock saw it. */
export interface Noted {
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  readonly isRead: boolean;
  /** The app answered, and as it should. */
  readonly isGood: boolean;
  /** `X-Mizan-Edge`, or what came instead. */
  readonly mark: string;
}

export class ShopLoad {
  readonly log = new HistoryLog();
  readonly noted: Noted[] = [];
  /** Changes that were sent and have no answer yet. */
  changesUnderWay = 0;
  readonly #clock = new HistoryClock();
  readonly #port: number;
  #isStopped = false;
  #working: Promise<unknown> = Promise.resolve();

  constructor(port: number) {
    this.#port = port;
  }

  start(people: readonly Person[], seed: number): void {
    this.#working = Promise.all(
      people.map((person, index) => this.#work(person, createRandom(seed + index * 7919))),
    );
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#working;
  }

  async #work(person: Person, random: SeededRandom): Promise<void> {
    const client = new TimedClient(this.#clock, { port: this.#port });
    let added = 0;
    while (!this.#isStopped) {
      const isChange = random.next() < CHANGE_SHARE;
      if (isChange && person.isStaff) {
        await this.#restock(client, person, WATCHED[random.below(WATCHED.length)] ?? 1);
      } else if (isChange && person.user !== null && added < MOST_ADDED) {
        await this.#addToCart(client, person, FIRST_IN_CARTS + (added % PIECES_IN_CARTS));
        added += 1;
      } else {
        await this.#read(client, person, random);
      }
      await sleep(PAUSE_MS);
    }
    client.end();
  }

  async #read(client: TimedClient, person: Person, random: SeededRandom): Promise<void> {
    const path = choosePath(person, random);
    const answer = await this.#ask(client, { path, headers: person.headers });
    if (answer.status !== 200) return;
    const { sentAt, endedAt: answeredAt, headers } = answer;
    const mark = String(headers["x-mizan-edge"]);
    const entry = `${person.user ?? "nobody"} ${path}`;
    for (const [key, n] of readCounters(path, answer.body)) {
      const place = { key, entry: `${entry} ${key}`, revision: 0 };
      this.log.reads.push({ ...place, sentAt, answeredAt, n, mark });
    }
  }

  #restock(client: TimedClient, person: Person, product: number): Promise<void> {
    const args = { product_id: product, quantity: 1 };
    return this.#change(client, person, { name: "restock", key: `stock:${product}`, args });
  }

  #addToCart(client: TimedClient, person: Person, product: number): Promise<void> {
    const args = { user_id: Number(person.user), product_id: product, quantity: 1 };
    return this.#change(client, person, { name: "add_to_cart", key: `cart:${person.user}`, args });
  }

  async #change(
    client: TimedClient,
    { headers }: Person,
    { name, key, args }: { readonly name: string; readonly key: string; readonly args: object },
  ): Promise<void> {
    const body = JSON.stringify({ fn: name, args });
    this.changesUnderWay += 1;
    const answer = await this.#ask(client, {
      method: "POST",
      path: "/api/mizan/call/",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    this.changesUnderWay -= 1;
    const { sentAt, headAt: answeredAt, status } = answer;
    const isDone = status === 200 ? true : null;
    const stock: unknown = isDone ? JSON.parse(answer.body).result?.stock : undefined;
    const n = typeof stock === "number" ? stock - FIRST_STOCK : null;
    this.log.mutations.push({ key, name, sentAt, answeredAt, raises: 1, isDone, n });
  }

  async #ask(client: TimedClient, request: TimedRequest): Promise<TimedAnswer> {
    const sentAtMs = performance.now();
    const answer = await client.ask(request).answer;
    const { status, headers, error, body } = answer;
    const isGood = status === 200;
    const mark = isGood
      ? String(headers["x-mizan-edge"])
      : (error ?? `${status} ${body.slice(0, 80)}`);
    const isRead = request.method === undefined;
    this.noted.push({ sentAtMs, endedAtMs: performance.now(), isRead, isGood, mark });
    return answer;
  }
}

function choosePath({ user, isStaff }: Person, random: SeededRandom): string {
  if (user !== null && !isStaff && random.next() < 0.7) return buildCartPath(user);
  if (random.next() < 0.3) return CATALOG_PATH;
  return buildProductPath(WATCHED[random.below(WATCHED.length)] ?? 1);
}

const CATALOG_PATH = "/api/mizan/ctx/catalog/?page=1";

function buildProductPath(product: number): string {
  return `/api/mizan/ctx/product/?product_id=${product}`;
}

function buildCartPath(user: string): string {
  return `/api/mizan/ctx/cart/?user_id=${user}`;
}

/** Each read that shows a counter, for whoever is asked for it in the end. */
export function listPaths({ user, isStaff }: Person): readonly string[] {
  const cart = user === null || isStaff ? [] : [buildCartPath(user)];
  return [CATALOG_PATH, ...WATCHED.map(buildProductPath), ...cart];
}

interface Piece {
  readonly id: number;
  readonly stock: number;
}

/** What a context shows of stocks and carts, as numbers of changes. */
export function readCounters(path: string, body: string): readonly (readonly [string, number])[] {
  const json = JSON.parse(body);
  if (path.includes("/cart/")) {
    const items: readonly { readonly quantity: number }[] = json.cart_contents.items;
    const user: string = json.cart_contents.made_for;
    return [[`cart:${user}`, items.reduce((sum, { quantity }) => sum + quantity, 0)]];
  }
  const pieces: readonly Piece[] = path.includes("/catalog/")
    ? json.catalog_page.products
    : [json.product_detail];
  return pieces
    .filter(({ id }) => WATCHED.some((watched) => watched === id))
    .map(({ id, stock }) => [`stock:${id}`, stock - FIRST_STOCK] as const);
}
