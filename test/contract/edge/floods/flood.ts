/** One flood under way: strangers who send as fast as they are answered, or hold connections open. */

import type { Agent } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createAgent, openSocket, type Sending, type Sent, send } from "./flood-client.ts";

/** More than share an eighth each. */
const STRANGERS = Array.from({ length: 12 }, (_, index) => `127.0.0.${index + 2}`);

const LEAVE_PAUSE_MS = 20;
const TRICKLE_MS = 500;
const UNDER_WAY = 50;

export interface FloodReport {
  /** Requests that were answered, or connections that were opened. */
  readonly count: number;
  /** Status and `X-Mizan-Edge` to how many. */
  readonly answers: Readonly<Record<string, number>>;
}

export type Shot = Omit<Sending, "port" | "localAddress" | "agent">;

export interface FloodKind {
  readonly name: string;
  readonly send: (flood: Flood) => Promise<void>;
  /** What proves that it was one: so many requests or connections at least … */
  readonly least: number;
  /** … that are answered with this status and mark; absent: with whatever. */
  readonly answer?: string;
  /** The app counts and refuses its clients. */
  readonly throttles?: true;
  /** One address may do this to itself: it has a share, or is throttled. */
  readonly hurtsOwnAddress?: true;
}

export class Flood {
  readonly port: number;
  readonly #addresses: readonly string[];
  readonly #mostAtOnce: number;
  readonly #agent: Agent = createAgent();
  readonly #sockets: Socket[] = [];
  readonly #answers = new Map<string, number>();
  #count = 0;
  #isHeld = false;
  #isOver = false;

  /** @param mostAtOnce whatever a kind of flood asks for */
  constructor(
    port: number,
    addresses: readonly string[] = STRANGERS,
    mostAtOnce = Number.POSITIVE_INFINITY,
  ) {
    this.port = port;
    this.#addresses = addresses;
    this.#mostAtOnce = mostAtOnce;
  }

  /** All connections are open, or so many requests were made that it is one. */
  get isUnderWay(): boolean {
    return this.#isHeld || (this.#sockets.length === 0 && this.#count >= UNDER_WAY);
  }

  address(index: number): string {
    return this.#addresses[index % this.#addresses.length] ?? "127.0.0.1";
  }

  /** @param build the nth request, counted from 0 */
  async shoot(concurrency: number, build: (index: number) => Shot): Promise<void> {
    let next = 0;
    const shooter = async () => {
      while (!this.#isOver) {
        const index = next;
        next += 1;
        const localAddress = this.address(index);
        const { port } = this;
        const shot = build(index);
        this.#note(await send({ ...shot, port, localAddress, agent: this.#agent }));
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, this.#mostAtOnce) }, shooter));
  }

  /** Opens connections, and sends on each of them, now and then, one byte more. */
  async hold(connections: number, text: string, trickle = ""): Promise<void> {
    for (let index = 0; index < connections; index += 1) {
      this.#sockets.push(openSocket(this.port, this.address(index), text));
      this.#count += 1;
      if (index % 50 === 49) await sleep(1);
    }
    this.#isHeld = true;
    while (!this.#isOver) {
      await sleep(TRICKLE_MS);
      for (const socket of this.#sockets)
        if (trickle !== "" && socket.writable) socket.write(trickle);
    }
  }

  /** Asks and goes away, again and again. */
  async abandon(concurrency: number, build: (index: number) => { text: string; afterMs: number }) {
    let next = 0;
    const leaver = async () => {
      while (!this.#isOver) {
        const index = next;
        next += 1;
        const { text, afterMs } = build(index);
        const socket = openSocket(this.port, this.address(index), text);
        socket.resume();
        await sleep(afterMs);
        socket.destroy();
        this.#count += 1;
        // Faster, it would be a flood of connections, which is for the network to stop.
        await sleep(LEAVE_PAUSE_MS);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, this.#mostAtOnce) }, leaver));
  }

  end(): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  report(): FloodReport {
    this.#agent.destroy();
    return { count: this.#count, answers: Object.fromEntries(this.#answers) };
  }

  #note({ status, mark, error }: Sent): void {
    if (this.#isOver) return;
    this.#count += 1;
    const answer = error === null ? `${status} ${mark}`.trim() : error;
    this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
  }
}
