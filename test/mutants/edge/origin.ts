/**
 * The origin of the scheduled world: an app behind the runtime. Each step that it takes is released
 * by the scheduler; a request whose connection breaks goes on all the same.
 */

import { createHmac } from "node:crypto";
import type { AnsweredRead } from "./app-view.ts";
import { createBody, type OriginBody } from "./origin-body.ts";
import { SECRETS } from "./shop.ts";
import type { WriteRecord } from "./write-record.ts";

/** What the origin needs of the world around it. */
export interface OriginWorld {
  readonly nowMs: number;
  /** By how much the origin's clock is late. */
  readonly skewMs: number;
  /** Varies how answers are sent; another number for each. */
  readonly createVariant: () => number;
  /** @returns once the scheduler lets it go on */
  readonly step: (label: string) => Promise<void>;
  readonly pause: (steps: number) => Promise<void>;
  /** Some questions take long: meanwhile others come and go. */
  readonly readPauses: readonly number[];
  readonly writePauses: readonly number[];
  readonly findWrite: (request: Request) => WriteRecord | null;
  readonly readView: (request: Request) => AnsweredRead;
  readonly commit: (write: WriteRecord) => void;
  readonly complain: (complaint: string) => void;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** null: the answer says no length. */
  readonly isStreamed: boolean;
  /** `w` of X-Mizan-Wrote; null: the header is not there. */
  readonly wrote: boolean | null;
  readonly route: string | null;
}

/** One request of the Edge, with its connection. */
export class Exchange {
  readonly answer: Promise<Response>;
  /** Resolves when neither side hears the other any more. */
  readonly broken: Promise<false>;
  #break: () => void = () => {};
  #resolve: (response: Response) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #body: OriginBody | null = null;
  #isCut = false;

  constructor() {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.broken = new Promise((resolve) => {
      this.#break = () => resolve(false);
    });
    this.answer.catch(() => undefined); // the process that asked may be dead
  }

  /** Nothing more of the answer arrives. */
  cut(): void {
    this.freeze();
    this.#body?.fail(new Error("Network connection lost."));
    this.#reject(new Error("Network connection lost."));
  }

  /** The other end is dead: nobody hears anything, not even that it is over. */
  freeze(): void {
    this.#isCut = true;
    this.#break();
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  send(reply: Reply, request: Request): void {
    if (this.#isCut) return;
    this.#body = createBody();
    const bytes = Buffer.byteLength(reply.text);
    const length = reply.isStreamed ? {} : { "content-length": String(bytes) };
    const headers = { ...reply.headers, ...length, ...signWrote(reply, request) };
    const body = reply.text === "" ? null : this.#body.readable;
    this.#resolve(new Response(body, { status: reply.status, headers }));
  }

  sendBody(text: string): void {
    if (!this.#isCut) this.#body?.send(text);
  }

  end(): void {
    if (!this.#isCut) this.#body?.end();
  }
}

export async function serveExchange(
  request: Request,
  exchange: Exchange,
  world: OriginWorld,
): Promise<void> {
  await world.step("the origin takes a request");
  const write = world.findWrite(request);
  if (write === null) await serveRead(request, exchange, world);
  else await serveWrite(request, exchange, { world, write });
}

async function serveRead(request: Request, exchange: Exchange, world: OriginWorld): Promise<void> {
  await world.step("the origin looks");
  const { status, headers, text, route } = world.readView(request);
  const isStreamed = world.createVariant() % 3 === 0;
  await work(world.readPauses, world);
  await world.step("the origin answers");
  exchange.send({ status, headers, text, isStreamed, wrote: false, route }, request);
  await sendText(exchange, world, text);
}

async function sendText(exchange: Exchange, world: OriginWorld, text: string): Promise<void> {
  const middle = world.createVariant() % 2 === 0 ? 0 : Math.floor(text.length / 2);
  if (middle > 0) {
    exchange.sendBody(text.slice(0, middle));
    await world.step("the origin sends more");
  }
  exchange.sendBody(text.slice(middle));
  exchange.end();
}

interface Writing {
  readonly world: OriginWorld;
  readonly write: WriteRecord;
}

async function serveWrite(
  request: Request,
  exchange: Exchange,
  { world, write }: Writing,
): Promise<void> {
  const { kind } = write;
  let deadlineMs = readDeadlineMs(request);
  const startedAtMs = world.nowMs;
  if (!(await readBody(request, exchange))) return exchange.cut();
  // The time in which a body arrives does not count.
  if (kind.isUpload) deadlineMs += world.nowMs - startedAtMs;
  const isLate = () => world.nowMs - world.skewMs > deadlineMs;
  const reply = buildReply(write, isLate());
  if (reply.status === 503) return refuse(request, exchange, { world, write });
  for (const stage of kind.stages) {
    await work(world.writePauses, world);
    await world.step(`the origin comes to: ${stage}`);
    if (stage === "commit") {
      // Before the head of its answer it says that it gave up; after it, nothing can be said.
      if (!isLate()) world.commit(write);
      else if (!reply.isStreamed) return refuse(request, exchange, { world, write });
    } else if (stage === "headers") {
      exchange.send(reply, request);
      exchange.sendBody(reply.text);
    } else if (reply.isStreamed) {
      exchange.end();
    } else {
      exchange.send(reply, request);
      await sendText(exchange, world, reply.text);
    }
  }
}

function work(pauses: readonly number[], world: OriginWorld): Promise<void> {
  return world.pause(pauses[world.createVariant() % pauses.length] ?? 0);
}

async function refuse(
  request: Request,
  exchange: Exchange,
  { world, write }: Writing,
): Promise<void> {
  await world.step("the origin refuses");
  exchange.send(buildReply(write, true), request);
  await sendText(exchange, world, buildReply(write, true).text);
}

function buildReply({ kind }: WriteRecord, isLate: boolean): Reply {
  if (isLate) {
    return { status: 503, headers: {}, text: "late", isStreamed: false, wrote: false, route: null };
  }
  const headers = kind.header === undefined ? {} : { "x-mizan-invalidate": kind.header };
  const isStreamed = kind.stages.includes("headers");
  const text = kind.call === null ? "done" : JSON.stringify(kind.json ?? { result: null });
  // A streamed answer cannot say what was written.
  const wrote = isStreamed ? null : kind.wrote;
  return { status: kind.status, headers, text, isStreamed, wrote, route: null };
}

/** @returns false: it ended short, so the runtime lets nothing be committed */
async function readBody(request: Request, exchange: Exchange): Promise<boolean> {
  const read = request.arrayBuffer().then(
    () => true,
    () => false,
  );
  return Promise.race([read, exchange.broken]);
}

/** Unix ms; without a limit: never. */
function readDeadlineMs(request: Request): number {
  const text = /;d=(\d+)/.exec(request.headers.get("x-mizan-intent") ?? "")?.[1];
  return text === undefined ? Number.POSITIVE_INFINITY : Number(text);
}

function signWrote(reply: Reply, request: Request): Readonly<Record<string, string>> {
  const id = /;i=([^;]+)/.exec(request.headers.get("x-mizan-intent") ?? "")?.[1];
  if (reply.wrote === null || id === undefined) return {};
  const route = reply.route === null ? [] : [`r=${encodeURIComponent(reply.route)}`];
  const fields = [`w=${reply.wrote ? 1 : 0}`, "session=0", ...route, `i=${id}`];
  const invalidate = reply.headers["x-mizan-invalidate"] ?? "";
  const message = [String(reply.status), ...fields, invalidate].join("\n");
  const mac = createHmac("sha256", SECRETS.edge).update(message).digest("base64url");
  return { "x-mizan-wrote": [...fields, "k=1", `s=${mac}`].join(";") };
}
