import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pushEdgeState, readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { buildState, EdgeFixture, type RunningEdge } from "./edge-fixture.ts";
import { type SocketOrigin, startSocketOrigin } from "./socket-origin.ts";

const FIRST = buildState({ release: "r1", slot: 0 });
const SECOND = buildState({ release: "r2", slot: 1 });

let fixture: EdgeFixture;
let edge: RunningEdge;
let before: SocketOrigin;
let after: SocketOrigin;

beforeEach(async () => {
  fixture = new EdgeFixture();
  before = await startSocketOrigin(fixture, 0);
  after = await startSocketOrigin(fixture, 1);
  edge = await fixture.startEdge(FIRST);
});
afterEach(() => fixture.end());

interface Visitor {
  readonly socket: WebSocket;
  readonly received: string[];
  readonly opened: Promise<unknown>;
  readonly closed: Promise<{ readonly code: number; readonly wasClean: boolean }>;
}

function connectSocket(path: string): Visitor {
  const socket = new WebSocket(`ws://127.0.0.1:${edge.port}${path}`, ["chat"]);
  const received: string[] = [];
  socket.addEventListener("message", ({ data }) => received.push(String(data)));
  const closed = once(socket, "close").then(([{ code, wasClean }]) => ({ code, wasClean }));
  return { socket, received, opened: once(socket, "open"), closed };
}

async function openSocket(path: string): Promise<Visitor> {
  const visitor = connectSocket(path);
  await visitor.opened;
  return visitor;
}

const push = (state: typeof FIRST) => pushEdgeState(fixture.controlSocket, state);

async function inFlight(): Promise<Readonly<Record<string, number>>> {
  return (await readEdgeReport(fixture.controlSocket)).inFlight;
}

describe("when another release becomes live", () => {
  test("every WebSocket of the one before is closed with 1012 on both sides, at once", async () => {
    const visitors = await Promise.all(
      Array.from({ length: 40 }, (_, number) => openSocket(`/chat/${number}`)),
    );
    expect(await inFlight()).toEqual({ "0": 40 });
    await push(SECOND);
    const ends = await Promise.all(visitors.map(({ closed }) => closed));
    expect(ends).toEqual(ends.map(() => ({ code: 1012, wasClean: true })));
    await waitFor("the origin's ends", () => before.upgraded.every(({ closed }) => closed));
    expect(before.upgraded.map(({ closeCode }) => closeCode)).toEqual(ends.map(() => 1012));
    await waitFor("nothing under way", async () => Object.keys(await inFlight()).length === 0);
  });

  test("whoever connects again is with the new one, and stays", async () => {
    const visitor = await openSocket("/chat");
    await push(SECOND);
    await visitor.closed;
    const again = await openSocket("/chat");
    again.socket.send("hello");
    await waitFor("the echo", () => again.received.length > 0);
    expect(again.received).toEqual(["hello"]);
    expect([before.upgraded.length, after.upgraded.length]).toEqual([1, 1]);
    expect(await inFlight()).toEqual({ "1": 1 });
  });

  test("an upgrade under way that the old one accepts only then is closed as well", async () => {
    const late = connectSocket("/held");
    await waitFor("the upgrade's arrival", () => before.heldCount() === 1);
    await push(SECOND);
    before.releaseHeld();
    expect((await late.closed).code).toBe(1012);
    await waitFor("the origin's end", () => before.find("/held").closed);
    expect(before.find("/held").closeCode).toBe(1012);
    await waitFor("nothing under way", async () => Object.keys(await inFlight()).length === 0);
  });

  test("an old one that hangs up instead of answering keeps nobody waiting", async () => {
    const visitor = await openSocket("/drain");
    await push(SECOND);
    expect(await visitor.closed).toMatchObject({ code: 1012 });
    await waitFor("nothing under way", async () => Object.keys(await inFlight()).length === 0);
  });
});

test("a rollback closes them, too, though the slot has been live before", async () => {
  await push(SECOND);
  const visitor = await openSocket("/chat");
  await push(FIRST);
  expect((await visitor.closed).code).toBe(1012);
  const again = await openSocket("/chat");
  await push(SECOND);
  expect((await again.closed).code).toBe(1012);
});

test("a socket stays open while its own release is pushed again, with other files", async () => {
  const visitor = await openSocket("/chat");
  await push(buildState({ release: "r1", slot: 0, mediaPrefix: "/media/" }));
  visitor.socket.send("still here");
  await waitFor("the echo", () => visitor.received.length > 0);
  expect(visitor.socket.readyState).toBe(WebSocket.OPEN);
  visitor.socket.close();
  await visitor.closed;
});

test("a socket that ended before is told nothing, and the switch goes on", async () => {
  const visitor = await openSocket("/chat");
  visitor.socket.close(4001, "bye");
  expect((await visitor.closed).code).toBe(4001);
  await waitFor("nothing under way", async () => Object.keys(await inFlight()).length === 0);
  await push(SECOND);
  expect(before.find("/chat").closeCode).toBe(4001);
  expect(edge.output()).toBe("");
});
