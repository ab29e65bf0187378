/** Mutations whose bodies or answers stream through a real Edge (4). */

import { randomBytes } from "node:crypto";
import { type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { open } from "./edge-fixture.ts";
import { CALL, contextPath, HOST, MizanApp, readValue } from "./mizan-app.ts";

const app = new MizanApp();
const NEWS = contextPath("news");
const ITEM = contextPath("item");
let version = 0;

beforeAll(() => app.start());
afterAll(() => app.end());

/** Each test begins with a warm entry of `news`, and with one that is not concerned. */
beforeEach(async () => {
  await app.invalidate("*");
  await app.ask(NEWS);
  await app.ask(`${ITEM}?item_id=1`);
  expect(await app.mark(NEWS)).toBe("HIT");
});

/** Writes a new value of `news`, as the view would. */
function write(): number {
  version += 1;
  app.values.set("news", version);
  return version;
}

async function report() {
  const { cache } = await readEdgeReport(app.fixture.controlSocket);
  if (cache === null) throw new Error("no cache");
  return cache;
}

async function expectNew(value: number): Promise<void> {
  const answer = await app.ask(NEWS);
  expect(readValue(answer)).toBe(value);
  expect(answer.headers["x-mizan-edge"]).toBe("MISS");
  expect(await app.mark(`${ITEM}?item_id=1`)).toBe("HIT");
}

describe("streams", () => {
  test("bumped at the headers, dirty to the last byte, bumped again", async () => {
    let finish: () => void = () => undefined;
    app.onCall(({ response, sign }) => {
      response.writeHead(200, { "content-type": "text/plain", ...sign({ wrote: null }) });
      response.write("working");
      finish = () => {
        write();
        response.end(" done");
      };
    });
    const body = '{"fn":"set_news"}';
    const headers = { host: HOST, "content-length": body.length };
    const answer = await open(app.port, CALL, { method: "POST", headers, body });
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=dirty");
    finish();
    answer.resume();
    await waitFor("the end", async () => (await report()).openIntents === 0);
    await expectNew(version);
  });

  test("nobody reads it: the Edge does, and its end is seen", async () => {
    app.onCall(async ({ response, sign }) => {
      response.writeHead(200, { "content-type": "text/plain", ...sign({ wrote: null }) });
      for (let count = 0; count < 4; count += 1) {
        response.write(Buffer.alloc(1024 * 1024));
        await sleep(20);
      }
      write();
      response.end();
    });
    const body = '{"fn":"set_news"}';
    const headers = { host: HOST, "content-length": body.length };
    const answer = await open(app.port, CALL, { method: "POST", headers, body });
    await waitFor("the end", async () => (await report()).openIntents === 0);
    await expectNew(version);
    let bytes = 0;
    for await (const chunk of answer) bytes += chunk.length;
    expect(bytes).toBe(4 * 1024 * 1024);
  });

  test("one that is read too slowly makes nothing dirty for ever, and is bumped at its end", async () => {
    app.onCall(({ response, sign }) => {
      response.writeHead(200, { "content-type": "text/plain", ...sign({ wrote: null }) });
      response.write(Buffer.alloc(24 * 1024 * 1024), () => {
        write();
        response.end();
      });
    });
    const body = '{"fn":"set_news"}';
    const headers = { host: HOST, "content-length": body.length };
    const answer = await open(app.port, CALL, { method: "POST", headers, body });
    await waitFor("the give-up", async () => (await report()).openIntents === 0);
    expect(await app.mark(NEWS)).toBe("MISS");
    let bytes = 0;
    for await (const chunk of answer) bytes += chunk.length;
    expect(bytes).toBe(24 * 1024 * 1024);
    await waitFor("the last bump", async () => readValue(await app.ask(NEWS)) === version);
  });
});

describe("uploads", () => {
  const upload = (body: Buffer, headers = {}) =>
    app.ask(CALL, {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=x", ...headers },
      body,
    });

  test("stream without an intent, with a deadline, and settle for all that mutations affect", async () => {
    const body = randomBytes(3 * 1024 * 1024);
    app.onCall(({ sayJson }) => {
      write();
      sayJson({ result: 1 }, { wrote: true });
    });
    await upload(body, { "content-length": body.length });
    const { intent, body: got, headers } = app.origin.of(CALL).at(-1) ?? {};
    expect(intent?.mode).toBe("uncovered");
    expect(intent?.deadlineMs).toBeTypeOf("number");
    expect(headers?.["content-length"]).toBe(String(body.length));
    expect(got?.equals(body)).toBe(true);
    const answer = await app.ask(NEWS);
    expect(readValue(answer)).toBe(version);
    expect(await app.mark(`${ITEM}?item_id=1`)).toBe("MISS");
  });

  /** A body of 300 kB that arrives in parts, one each 500 ms. */
  function uploadSlowly(parts: number) {
    const sizeBytes = 300_000;
    const headers = { host: HOST, "content-length": sizeBytes };
    const asked = request({ port: app.port, path: CALL, method: "POST", headers, agent: false });
    const answered = new Promise<IncomingMessage>((resolve) => asked.on("response", resolve));
    const part = Buffer.alloc(10_000);
    const sent = (async () => {
      for (let count = 1; count < parts; count += 1) {
        asked.write(part);
        await sleep(500);
      }
      asked.end(Buffer.alloc(sizeBytes - (parts - 1) * part.length));
    })();
    sent.catch(() => undefined); // the answer tells
    return { answered };
  }

  test("lost after a body that took longer than H: dirty as long as it may commit", async () => {
    app.onCall(({ response }) => {
      response.destroy();
      setTimeout(write, 2500); // the limit is 3 s from the end of its body
    });
    const { answered } = uploadSlowly(16);
    await sleep(1000);
    expect(await app.mark(NEWS)).toBe("HIT");
    expect((await answered).statusCode).toBe(502);
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=dirty");
    const before = version;
    for (let count = 0; count < 16; count += 1) {
      const written = version;
      expect(readValue(await app.ask(NEWS))).toBeGreaterThanOrEqual(written);
      await sleep(250);
    }
    expect(version).toBe(before + 1);
    await waitFor("the end", async () => (await report()).unknownIntents === 0);
    await app.ask(NEWS);
    expect(await app.mark(NEWS)).toBe("HIT");
  });

  test("answered by a stream after a body that took longer than the limit: dirty to its end", async () => {
    let finish: () => void = () => undefined;
    app.onCall(({ response, sign }) => {
      response.writeHead(200, { "content-type": "text/plain", ...sign({ wrote: null }) });
      response.write("working");
      finish = () => {
        write();
        response.end(" done");
      };
    });
    const answer = await uploadSlowly(12).answered;
    answer.resume();
    await sleep(300);
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=dirty");
    finish();
    await waitFor("the end", async () => (await report()).openIntents === 0);
    expect(readValue(await app.ask(NEWS))).toBe(version);
  });

  test("that break off leave things warm, though the origin had begun", async () => {
    const asked = request({
      port: app.port,
      path: CALL,
      method: "POST",
      headers: { host: HOST, "content-length": 300_000 },
      agent: false,
    });
    asked.on("error", () => undefined); // it is destroyed
    asked.write(Buffer.alloc(299_999));
    await sleep(300);
    asked.destroy();
    await waitFor("the end", async () => {
      return Object.keys((await readEdgeReport(app.fixture.controlSocket)).inFlight).length === 0;
    });
    expect(await app.mark(NEWS)).toBe("HIT");
    expect((await report()).unknownIntents).toBe(0);
  });

  test("make nothing dirty while their connection lives, and everything when it is lost", async () => {
    let cut: () => void = () => undefined;
    app.onCall(({ response }) => {
      cut = () => response.destroy();
    });
    const count = app.origin.of(CALL).length;
    const answered = upload(Buffer.from("--x--"), { "content-length": 5 });
    await waitFor("the upload", async () => app.origin.of(CALL).length > count);
    expect(await app.mark(NEWS)).toBe("HIT");
    cut();
    expect((await answered).status).toBe(502);
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=dirty");
    await waitFor("the end", async () => (await report()).unknownIntents === 0, {
      timeoutSeconds: 10,
    });
  });
});
