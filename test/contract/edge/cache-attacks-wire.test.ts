/** Attacks below HTTP's meaning: smuggling, hop-by-hop headers, old versions, oversize, pipelining. */

import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askRaw, buildHead, CLOSE } from "./ask-raw.ts";
import { buildState, EdgeFixture } from "./edge-fixture.ts";
import { contextPath, HOST, MizanApp, mintToken } from "./mizan-app.ts";

const app = new MizanApp();
/** One that is sent broken bodies: what they might have done leaves its contexts dirty for a while. */
const battered = new MizanApp();
const NEWS = contextPath("news");
const PLAIN = "/plain/";
beforeAll(() => Promise.all([app.start(), battered.start()]));
afterAll(() => Promise.all([app.end(), battered.end()]));

beforeEach(() => {
  for (const { origin } of [app, battered]) {
    origin.on(PLAIN, ({ asked, sayJson }) => sayJson({ bytes: asked.body.length }));
  }
});

async function expectUnharmed(app: MizanApp): Promise<void> {
  const victims = ["anna", "bert"];
  for (const sub of victims) {
    const token = mintToken({ sub });
    const { body } = await app.ask(NEWS, { headers: { "x-mizan-token": token } });
    expect(JSON.parse(body).news.user).toBe(sub);
  }
  expect((await app.ask(PLAIN)).body).toBe('{"bytes":0}');
  expect(app.origin.of("/smuggled/")).toEqual([]);
}

const SMUGGLED = buildHead("GET /smuggled/ HTTP/1.1", [`Host: ${HOST}`]);

/** As one chunk, which is all of the body. */
function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

describe("request smuggling", () => {
  const both = ["Content-Length: 5", "Transfer-Encoding: chunked"];
  const length = (value: string) => [`Content-Length: ${value}`];
  const coding = (...values: readonly string[]) =>
    values.map((value) => `Transfer-Encoding: ${value}`);

  test.each([
    ["CL.TE", both, `0\r\n\r\n${SMUGGLED}`],
    ["TE.CL", ["Content-Length: 4", ...coding("chunked")], chunk(SMUGGLED)],
    ["a request as body", length(String(SMUGGLED.length)), SMUGGLED],
    ["a request as chunk", coding("chunked"), chunk(SMUGGLED)],
    ["a length with an underscore", ["Content_Length: 0", ...length("5")], "hello"],
    ["a coding with an underscore", ["Transfer_Encoding: chunked", ...length("5")], "0\r\n\r\n"],
    ["a chunk's extension", [...coding("chunked"), CLOSE], '3;x="\n"\r\nfoo\r\n0\r\n\r\n'],
    ["a trailer", [...coding("chunked"), CLOSE], "3\r\nfoo\r\n0\r\nX-Mizan-Token: x\r\n\r\n"],
    ["two lengths", [...length("5"), ...length("6")], `hello${SMUGGLED}`],
    ["a list of lengths", length("5, 5"), `hello${SMUGGLED}`],
    ["a length with a sign", length("+5"), `hello${SMUGGLED}`],
    ["a negative length", length("-1"), SMUGGLED],
    ["a hexadecimal length", length("0x5"), `hello${SMUGGLED}`],
    ["a length that overflows", length("18446744073709551621"), `hello${SMUGGLED}`],
    ["another coding", coding("xchunked"), `0\r\n\r\n${SMUGGLED}`],
    ["two codings", coding("chunked, identity"), `0\r\n\r\n${SMUGGLED}`],
    ["a coding twice", coding("chunked", "identity"), `0\r\n\r\n${SMUGGLED}`],
    ["a vertical tab in a coding", coding("\x0bchunked"), `0\r\n\r\n${SMUGGLED}`],
    ["a space before a colon", ["Transfer-Encoding : chunked"], `0\r\n\r\n${SMUGGLED}`],
    ["a folded coding", ["Transfer-Encoding:", " chunked"], `0\r\n\r\n${SMUGGLED}`],
    ["a chunk size that is none", coding("chunked"), `0x0\r\n\r\n${SMUGGLED}`],
    ["a chunk size that overflows", coding("chunked"), `10000000000000000\r\n${SMUGGLED}`],
  ])("%s: nobody's connection to the app is out of step", async (_, fields, body) => {
    for (const target of [PLAIN, "/api/mizan/call/"]) {
      const head = buildHead(`POST ${target} HTTP/1.1`, [`Host: ${HOST}`, ...fields]);
      // A last request ends the connection where a body did not, if it is still read at all.
      const last = buildHead("GET /last/ HTTP/1.1", [`Host: ${HOST}`, CLOSE]);
      const answers = await askRaw(battered.port, `${head}${body}${last}`);
      expect(answers.length).toBeGreaterThan(0);
      for (const answer of answers) expect(answer.body).not.toContain("smuggled");
    }
    await expectUnharmed(battered);
  });

  test("the origin gets one framing, of the Edge's own making", async () => {
    const head = buildHead(`POST ${PLAIN} HTTP/1.1`, [`Host: ${HOST}`, ...both, CLOSE]);
    await askRaw(battered.port, `${head}0\r\n\r\n`);
    const { headers } = battered.origin.asked.at(-1) ?? { headers: {} };
    expect(headers).toHaveProperty("transfer-encoding", "chunked");
    expect(headers).not.toHaveProperty("content-length");
  });

  test("a body on a GET that passes the cache stays a body", async () => {
    const fields = [`Host: ${HOST}`, `Content-Length: ${SMUGGLED.length}`, CLOSE];
    await askRaw(battered.port, `${buildHead(`GET ${NEWS}?odd=1 HTTP/1.1`, fields)}${SMUGGLED}`);
    await askRaw(battered.port, `${buildHead(`GET ${PLAIN} HTTP/1.1`, fields)}${SMUGGLED}`);
    await expectUnharmed(battered);
  });
});

describe("response splitting", () => {
  test.each([
    ["two answers at once", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"],
    ["an answer before the question", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"],
  ])("%s from an app: the second goes to nobody", async (_, extra) => {
    const fixture = new EdgeFixture();
    const sockets: Socket[] = [];
    let served = 0;
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined); // the Edge may break off: that is one right answer
      socket.on("data", () => {
        served += 1;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nown${served}${extra}`);
      });
    });
    try {
      await new Promise<void>((resolve) => server.listen(fixture.slotSocket(0), resolve));
      const { port } = await fixture.startEdge(buildState());
      for (let count = 0; count < 6; count += 1) {
        const head = buildHead("GET / HTTP/1.1", ["Host: a", CLOSE]);
        const [answer] = await askRaw(port, head);
        expect(["200", "502"]).toContain(String(answer?.status));
        if (answer?.status === 200) expect(answer.body).toBe(`own${served}`);
      }
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
      await fixture.end();
    }
  });
});

describe("hop-by-hop header abuse", () => {
  test.each([
    "x-mizan-token",
    "X-Mizan-Token, Host",
    "x-mizan-intent",
    "x-forwarded-host, x-forwarded-for, x-real-ip",
    "cookie, authorization",
  ])("Connection: %s takes nothing away on the way to the app", async (names) => {
    const token = mintToken({ sub: "anna" });
    const fields = [`Host: ${HOST}`, `X-Mizan-Token: ${token}`, "Cookie: sessionid=1"];
    for (const target of [NEWS, PLAIN]) {
      await app.invalidate("*");
      const head = buildHead(`GET ${target} HTTP/1.1`, [...fields, `Connection: close, ${names}`]);
      expect((await askRaw(app.port, head)).length).toBe(1);
      const { headers, intent } = app.origin.asked.at(-1) ?? { headers: {} };
      expect(headers).toMatchObject({ "x-mizan-token": token, "x-forwarded-host": HOST });
      expect(headers).toHaveProperty("x-forwarded-for");
      expect(intent?.mode).toBe("read");
      if (target === PLAIN) expect(headers).toHaveProperty("cookie", "sessionid=1");
    }
    await expectUnharmed(app);
  });

  test("Upgrade: h2c opens no tunnel", async () => {
    for (const target of [NEWS, PLAIN]) {
      const head = buildHead(`GET ${target} HTTP/1.1`, [
        `Host: ${HOST}`,
        "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABkAAQAAP__",
        "Connection: Upgrade, HTTP2-Settings, close",
      ]);
      const [answer] = await askRaw(app.port, head);
      expect(answer?.status).toBe(200);
      expect(app.origin.asked.at(-1)?.headers).not.toHaveProperty("upgrade");
    }
  });

  test("half an upgrade to a WebSocket passes the cache and is sealed", async () => {
    const head = buildHead(`GET ${NEWS} HTTP/1.1`, [`Host: ${HOST}`, "Upgrade: websocket", CLOSE]);
    const [answer] = await askRaw(app.port, head);
    expect(answer?.headers).toMatchObject({
      "x-mizan-edge": "BYPASS; reason=upgrade",
      "cache-control": "private, no-store",
    });
  });
});

describe("old and odd requests", () => {
  test("HTTP/1.0 with a host is answered for that host", async () => {
    await app.ask(NEWS);
    const [own] = await askRaw(app.port, buildHead(`GET ${NEWS} HTTP/1.0`, [`Host: ${HOST}`]));
    expect(own).toMatchObject({ status: 200, headers: { "x-mizan-edge": "HIT" } });
    const [odd] = await askRaw(app.port, buildHead(`GET ${NEWS} HTTP/1.0`, ["Host: evil.test"]));
    expect(odd?.headers["x-mizan-edge"]).toBe("BYPASS; reason=host");
  });

  test.each([
    ["HTTP/1.0 without a host", buildHead(`GET ${NEWS} HTTP/1.0`, [])],
    ["HTTP/0.9", `GET ${NEWS}\r\n\r\n`],
    ["HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["an unknown version", buildHead(`GET ${NEWS} HTTP/3.7`, [`Host: ${HOST}`])],
    ["CONNECT", buildHead("CONNECT evil.test:443 HTTP/1.1", ["Host: evil.test:443"])],
    ["an asterisk", buildHead("OPTIONS * HTTP/1.1", [`Host: ${HOST}`, CLOSE])],
    ["a field without a colon", buildHead(`GET ${NEWS} HTTP/1.1`, [`Host: ${HOST}`, "odd", CLOSE])],
    ["bare line feeds", `GET ${NEWS} HTTP/1.1\nHost: evil.test\nHost: ${HOST}\n${CLOSE}\n\n`],
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
  ])("%s: refused, and no origin is asked", async (_, bytes) => {
    const before = app.origin.asked.length;
    const [answer, another] = await askRaw(app.port, bytes);
    // HTTP/2's preface is met with silence.
    expect(answer?.status ?? 400).toBeGreaterThanOrEqual(400);
    expect(another).toBeUndefined();
    expect(app.origin.asked).toHaveLength(before);
  });

  test("requests of different people on one connection: each gets his own, in order", async () => {
    const subs = ["anna", null, "bert", "anna", null];
    const heads = subs.map((sub, index) => {
      const own = sub === null ? [] : [`X-Mizan-Token: ${mintToken({ sub })}`];
      const last = index === subs.length - 1 ? [CLOSE] : [];
      return buildHead(`GET ${NEWS} HTTP/1.1`, [`Host: ${HOST}`, ...own, ...last]);
    });
    for (let round = 0; round < 3; round += 1) {
      const answers = await askRaw(app.port, heads.join(""));
      expect(answers.map(({ body }) => JSON.parse(body).news.user)).toEqual(subs);
    }
  });
});

describe("oversize header blocks", () => {
  test.each([
    ["one large field", () => [`X-Pad: ${"x".repeat(100_000)}`]],
    ["many fields", () => Array.from({ length: 2000 }, (_, index) => `X-${index}: x`)],
    ["many cookies", () => [`Cookie: ${"a=1; ".repeat(20_000)}b=2`]],
  ])("%s: the reduced question has none of it, others are answered", async (_, build) => {
    await app.invalidate("*");
    const head = buildHead(`GET ${NEWS} HTTP/1.1`, [`Host: ${HOST}`, ...build(), CLOSE]);
    const [answer] = await askRaw(app.port, head);
    expect(answer).toMatchObject({ status: 200, headers: { "x-mizan-edge": "MISS" } });
    expect(JSON.stringify(app.origin.asked.at(-1)?.headers).length).toBeLessThan(1000);
    expect(await app.mark(NEWS)).toBe("HIT");
  });

  test("larger than workerd reads: refused by it, and others are answered", async () => {
    await app.ask(NEWS);
    const fields = Array.from({ length: 20 }, (_, index) => `X-${index}: ${"x".repeat(100_000)}`);
    const head = buildHead(`GET ${NEWS} HTTP/1.1`, [`Host: ${HOST}`, ...fields, CLOSE]);
    const answers = await askRaw(app.port, head).catch(() => []); // cut off while it is sent
    for (const { status } of answers) expect([200, 400, 413, 431]).toContain(status);
    expect(await app.mark(NEWS)).toBe("HIT");
  });
});
