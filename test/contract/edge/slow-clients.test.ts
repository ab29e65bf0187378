/** Clients that send or read slowly, or break off, before the real runtime: nobody else is held up. */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { type Answer, type AskOptions, ask } from "./edge-fixture.ts";
import { HOST } from "./mizan-app.ts";
import { createPython, THINGS, WiredApp } from "./wired-app.ts";

const MIB = 1024 * 1024;
const sockets: Socket[] = [];
const folder = mkdtempSync(join(tmpdir(), "mz-slow-"));
let python: string;
let app: WiredApp;

beforeAll(() => {
  python = createPython(join(folder, "venv"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A request of one's own, whose body may be missing a part. */
function send(target: string, headers: readonly string[], body: string, host = "127.0.0.1") {
  const socket = connect({ port: app.port, host: "127.0.0.1", localAddress: host });
  socket.on("error", () => undefined); // some are cut off by the Edge
  socket.write([`${target} HTTP/1.1`, `Host: ${HOST}`, ...headers, "", body].join("\r\n"));
  sockets.push(socket);
  return socket;
}

function sendUpload(lengthBytes: number, body: string, query = "", host = "127.0.0.1"): Socket {
  return send(`POST /upload/${query}`, [`Content-Length: ${lengthBytes}`], body, host);
}

/** One of the others: answered in time, or the test fails. */
async function askAsOther(path: string, options: AskOptions = {}): Promise<Answer> {
  const answer = ask(app.port, path, { ...options, headers: { host: HOST, ...options.headers } });
  const late = sleep(10_000).then((): never => {
    throw new Error(`${path} was not answered`);
  });
  return Promise.race([answer, late]);
}

const mark = async (path: string) => (await askAsOther(path)).headers["x-mizan-edge"];

/** Reads past the cache, a form, and a mutation of others. */
async function expectOthersServed(): Promise<void> {
  const post = { method: "POST", headers: { "content-length": 1000 }, body: "x".repeat(1000) };
  expect((await askAsOther("/page/plain/?size=10")).status).toBe(200);
  expect((await askAsOther("/do/reads/", post)).status).toBe(200);
  const before = (await app.readThings()).length;
  expect((await askAsOther("/upload/", post)).status).toBe(200);
  expect(JSON.parse((await askAsOther(THINGS)).body)).toHaveLength(before + 1);
}

async function report() {
  const { cache, inFlight } = await readEdgeReport(app.fixture.controlSocket);
  if (cache === null) throw new Error("no cache");
  return { ...cache, inFlight };
}

async function waitUntilIdle(): Promise<void> {
  await waitFor("no request under way", async () => {
    return Object.keys((await report()).inFlight).length === 0;
  });
}

const strangers = Array.from({ length: 8 }, (_, index) => `127.0.0.${index + 2}`);

describe.each(["wsgi", "asgi"] as const)("%s", (kind) => {
  beforeAll(async () => {
    const options = { interface: kind, workers: 2, requestLimitSeconds: 1, python };
    app = await WiredApp.start(options);
  });
  afterAll(() => app.end());

  test("small bodies that never end, on every kind of path, hold nothing at the origin", async () => {
    const paths = ["/upload/", "/do/reads/", "/nowhere/", "/page/plain/"];
    const kinds = ["Content-Type: text/plain", "Content-Type: multipart/form-data; boundary=x"];
    for (let count = 0; count < 160; count += 1) {
      const headers = ["Content-Length: 20000", kinds[count % kinds.length] ?? ""];
      const [path, host] = [paths[count % paths.length] ?? "", strangers[(count >> 2) % 8]];
      send(`${count % 3 === 0 ? "PUT" : "POST"} ${path}`, headers, "x", host);
    }
    await sleep(300);
    await expectOthersServed();
  });

  test("large bodies that never end hold less than the origin has, whoever sends them", async () => {
    for (const host of strangers) {
      for (let count = 0; count < 4; count += 1) sendUpload(9 * MIB, "x", "", host);
    }
    await sleep(300);
    await expectOthersServed();
  });

  test.each([
    ["large answers that many leave unread", 7_000_000, strangers],
    ["answers that one leaves unread, however many", 7_000_000, Array(16).fill("127.0.0.2")],
  ])("%s leave the origin to others", async (_, sizeBytes, hosts) => {
    for (const host of hosts) {
      send(`GET /page/plain/?size=${sizeBytes}`, ["Accept: */*"], "", host).pause();
    }
    await sleep(300);
    await expectOthersServed();
    await waitUntilIdle();
  });

  test.each(["", "?write=before", "?write=instead", "?write=transaction"])(
    "uploads%s that break off leave things warm, and nothing behind",
    async (query) => {
      await askAsOther(THINGS);
      const before = await app.readThings();
      for (let count = 0; count < 8; count += 1) {
        const socket = sendUpload(MIB, "x".repeat(400_000), query, strangers[count]);
        await sleep(40);
        socket.destroy();
      }
      await waitUntilIdle();
      expect(await mark(THINGS)).toBe("HIT");
      expect(await report()).toMatchObject({ unknownIntents: 0, openIntents: 0 });
      expect(await app.readThings()).toEqual(before);
    },
  );

  test("an upload that takes longer than the limit is committed, and seen by the next read", async () => {
    const before = (await app.readThings()).length;
    await askAsOther(THINGS);
    const socket = sendUpload(300_000, "x".repeat(100_000));
    for (let count = 0; count < 4; count += 1) {
      await sleep(500);
      socket.write("x".repeat(50_000));
    }
    const [head] = await once(socket, "data");
    expect(String(head)).toMatch(/^HTTP\/1\.1 200 /);
    expect(JSON.parse((await askAsOther(THINGS)).body)).toHaveLength(before + 1);
  });

  // What the Edge does here does not depend on the origin.
  if (kind === "wsgi") {
    test("a client whose large body stands still is answered 408, and the next has its turn", async () => {
      const still = strangers.slice(0, 4).map((host) => sendUpload(9 * MIB, "x", "", host));
      const answers = still.map((socket) => text(socket));
      await sleep(300);
      const body = Buffer.alloc(MIB);
      const waiting = ask(app.port, "/upload/", {
        method: "POST",
        headers: { host: HOST, "content-length": body.length },
        body,
      });
      expect((await waiting).status).toBe(200);
      expect(await Promise.all(answers)).toEqual(
        still.map(() => expect.stringMatching(/^HTTP\/1\.1 408 /)),
      );
    });
  }
});
