/** What browsers do in a history: each goes through its own list, one thing after the other. */

import { createHmac } from "node:crypto";
import { judgeBody, type ReadBody, type SentRead } from "./app-view.ts";
import type { EdgeProcess } from "./edge-process.ts";
import { type EdgeWorld, WRITE_HEADER } from "./edge-world.ts";
import { judgePage, readPage } from "./page-view.ts";
import {
  CLAIMS,
  CLIENT_ADDRESS,
  type Entity,
  type Extras,
  findContext,
  type Identity,
  type MutationKind,
  type ReadKind,
  SECRETS,
} from "./shop.ts";
import { WriteRecord } from "./write-record.ts";

export type Action =
  | {
      readonly do: "read";
      readonly kind: ReadKind;
      readonly identity: Identity;
      readonly extras: Extras;
      readonly host: string;
      /** Does not wait for the answer. */
      readonly isImpatient: boolean;
      readonly pick: number;
    }
  | {
      readonly do: "write";
      readonly kind: MutationKind;
      readonly identity: Identity;
      readonly host: string;
      readonly isImpatient: boolean;
      readonly pick: number;
    }
  /** A write past the Edge, and whether its message follows. */
  | {
      readonly do: "write-past";
      readonly entity: Entity;
      readonly isReported: boolean;
      readonly isImpatient: boolean;
      readonly pick: number;
    };

/** Of a read. */
export interface Seen {
  /** Value of X-Mizan-Edge. */
  readonly mark: string;
}

export async function browse(
  actions: readonly Action[],
  world: EdgeWorld,
  name: string,
): Promise<void> {
  const unfinished: Promise<unknown>[] = [];
  for (const action of actions) {
    await world.step(`${name}: ${describe(action)}`);
    const done = act(action, world);
    if (action.isImpatient) unfinished.push(done);
    else await done;
  }
  await Promise.all(unfinished);
}

function describe(action: Action): string {
  if (action.do === "write-past") return `${action.do} ${action.entity}`;
  return `${action.do} ${action.kind.name} as ${action.identity.name} at ${action.host}`;
}

async function act(action: Action, world: EdgeWorld): Promise<void> {
  if (action.do === "read") await read(action, world);
  else if (action.do === "write") await write(action, world);
  else await writePast(action, world);
}

/** @returns null: the process died, or the answer was cut off */
export async function read(
  { kind, identity, extras, host, pick }: Extract<Action, { do: "read" }>,
  world: EdgeWorld,
): Promise<Seen | null> {
  const sent: SentRead = {
    kind,
    identity,
    extras,
    host,
    sentAtMs: world.nowMs,
    floor: world.database.promised,
    release: world.machine.release,
  };
  const headers = { ...identity.headers, ...buildExtras(identity, extras) };
  const process = world.choose(pick);
  const answer = await ask(process, buildRequest(host, kind.target, { headers }));
  const text = answer === null ? null : await readText(process, answer);
  if (answer === null || text === null) return null;
  const mark = answer.headers.get("x-mizan-edge") ?? "";
  const complaint = judgeAnswer(answer, text, sent, world);
  if (complaint !== null) {
    world.complain(`${kind.name} at ${host} for ${identity.name} (${mark}): ${complaint}`);
  }
  return { mark };
}

function judgeAnswer(
  answer: Response,
  text: string,
  sent: SentRead,
  world: EdgeWorld,
): string | null {
  if (answer.status === 502) return null; // the origin was lost
  if (answer.headers.get("cache-control") !== "private, no-store") return "a browser may keep it";
  if (sent.identity.who === null)
    return answer.status === 401 ? null : "let in with a forged token";
  if (answer.status !== 200) return `status ${answer.status}`;
  if (sent.kind.kind === "declared") return judgeDeclared(text, sent, world);
  const body = JSON.parse(text) as ReadBody; // our own app's
  if (body.personal !== null && !world.takePersonal(body.personal))
    return "made for another request";
  return judgeBody(body, sent, world.database);
}

function judgeDeclared(text: string, sent: SentRead, world: EdgeWorld): string | null {
  const page = readPage(text);
  if (page.personal !== null && !world.takePersonal(page.personal)) {
    return "rendered for another request, and not whole";
  }
  for (const { personal } of Object.values(page.contexts)) {
    if (personal !== null && !world.takePersonal(personal)) return "made for another request";
  }
  return judgePage(page, sent, world.database);
}

async function write(
  { kind, identity, host, pick }: Extract<Action, { do: "write" }>,
  world: EdgeWorld,
): Promise<void> {
  const { release } = world.machine;
  const record = new WriteRecord(kind, identity, release, world.database);
  const id = world.writes.push(record) - 1;
  const process = world.choose(pick);
  const headers = { ...identity.headers, [WRITE_HEADER]: String(id) };
  const answer = await ask(
    process,
    buildRequest(host, kind.target, buildWrite(kind, headers, world)),
  );
  if (answer === null) return;
  record.promise(answer.status === kind.status);
  await readText(process, answer);
}

function buildWrite(
  { call, isUpload }: MutationKind,
  headers: Readonly<Record<string, string>>,
  world: EdgeWorld,
): RequestInit {
  if (isUpload) {
    const type = "multipart/form-data; boundary=b";
    const init = { method: "POST", body: uploadSlowly(world), duplex: "half" } as const;
    return { ...init, headers: { ...headers, "content-type": type } };
  }
  const body = call === null ? "title=tea" : JSON.stringify({ fn: call, args: {} });
  const length = String(Buffer.byteLength(body));
  return { method: "POST", body, headers: { ...headers, "content-length": length } };
}

function uploadSlowly(world: EdgeWorld): ReadableStream<Uint8Array> {
  let isSent = false;
  return new ReadableStream({
    async pull(controller) {
      await world.step("an upload goes on");
      if (isSent) controller.close();
      else controller.enqueue(new TextEncoder().encode("part"));
      isSent = true;
    },
  });
}

async function writePast(
  { entity, isReported, pick }: Extract<Action, { do: "write-past" }>,
  world: EdgeWorld,
): Promise<void> {
  const written = world.database.commit([entity], world.nowMs);
  if (!isReported) return;
  await world.step("a message is sent");
  const [context, value] = entity.split("/");
  const target = context === "item" ? { context, params: { id: value } } : findContext(entity);
  const message = {
    id: `message-${world.createVariant()}`,
    sentAtMs: world.nowMs,
    targets: [target],
  };
  const body = JSON.stringify(message);
  const mac = createHmac("sha256", SECRETS.edge).update(body).digest("base64url");
  const headers = { "x-mizan-signature": `k=1;s=${mac}` };
  const request = buildRequest("a.test", "/_mizan/invalidate", { method: "POST", body, headers });
  const answer = await ask(world.choose(pick), request);
  if (answer?.status === 200) world.database.promise(written);
}

function buildExtras(identity: Identity, { theme, flavor }: Extras) {
  const cookies = [identity.headers["cookie"], theme === null ? undefined : `theme=${theme}`];
  const cookie = cookies.filter((text) => text !== undefined).join("; ");
  return {
    ...(cookie === "" ? {} : { cookie }),
    ...(flavor === null ? {} : { "x-flavor": flavor }),
  };
}

function buildRequest(host: string, target: string, init: RequestInit): Request {
  const headers = new Headers({ ...CLAIMS, ...init.headers });
  headers.set("host", host);
  const request = new Request(`http://${host}${target}`, { ...init, headers });
  return Object.assign(request, { cf: { clientIp: `${CLIENT_ADDRESS}:4711` } });
}

/** @returns null: the process died before its answer left */
async function ask(process: EdgeProcess, request: Request): Promise<Response | null> {
  return Promise.race([process.answer(request), process.died]);
}

/** @returns null: cut off */
async function readText(process: EdgeProcess, answer: Response): Promise<string | null> {
  const text = answer.text().catch(() => null);
  return Promise.race([text, process.died]);
}
