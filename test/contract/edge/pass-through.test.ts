import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { request } from "node:http";
import { connect } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { ask, buildState, EdgeFixture, open, type RunningEdge } from "./edge-fixture.ts";

const MIB = 1024 * 1024;

/** What each path of the origin does. */
const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
  "/echo": async (request, response) => {
    const body = await buffer(request);
    const { method, url, headers, rawHeaders } = request;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method, url, headers, rawHeaders, body: body.toString() }));
  },
  "/hash": async (request, response) => {
    const hash = createHash("sha256");
    for await (const chunk of request) hash.update(chunk);
    response.end(hash.digest("hex"));
  },
  "/gzip": (_, response) => {
    response.writeHead(200, { "content-encoding": "gzip", etag: '"z"' });
    response.end(gzipSync("squeezed"));
  },
  "/internal": (_, response) => {
    response.setHeader("set-cookie", ["a=1; Expires=Wed, 21 Oct 2030 07:28:00 GMT", "b=2"]);
    response.setHeader("strict-transport-security", "max-age=3600");
    response.setHeader("server-timing", "db;dur=3");
    response.setHeader("x-mizan-unresolved", "1");
    response.setHeader("x-mizan-wrote", "w=1");
    response.setHeader("x-mizan-invalidate", "user");
    response.end("x");
  },
  "/sized": (_, response) => {
    response.writeHead(200, { "content-length": 5 });
    response.end("12345");
  },
  "/redirect": (_, response) => response.writeHead(302, { location: "/elsewhere" }).end(),
  "/nothing": (_, response) => response.writeHead(204).end(),
  "/events": (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const timer = setInterval(() => response.write("data: 1\n\n"), 300);
    response.on("close", () => {
      clearInterval(timer);
      eventEnds++;
    });
  },
  "/endless": (_, response) => {
    const chunk = randomBytes(MIB);
    const write = (): void => {
      if (response.destroyed) return;
      endlessBytes += chunk.length;
      if (response.write(chunk)) setImmediate(write);
      else response.once("drain", write);
    };
    write();
  },
  "/cut": (request, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("half");
    setTimeout(() => request.socket.destroy(), 50);
  },
  "/late": async (_, response) => {
    await sleep(600);
    response.end(randomBytes(8 * MIB));
  },
};
let eventEnds = 0;
let endlessBytes = 0;

const listener: RequestListener = (request, response) => {
  const path = (request.url ?? "").replace(/\?.*/, "");
  const route = routes[path] ?? routes["/echo"];
  void route?.(request, response);
};

const fixture = new EdgeFixture();
let edge: RunningEdge;

beforeAll(async () => {
  await fixture.startOrigin(0, listener);
  edge = await fixture.startEdge(buildState());
});
afterAll(() => fixture.end());

async function echo(path: string, options: Parameters<typeof ask>[2] = {}) {
  const { body } = await ask(edge.port, path, options);
  const echoed: {
    method: string;
    url: string;
    headers: Record<string, string>;
    rawHeaders: string[];
    body: string;
  } = JSON.parse(body);
  return echoed;
}

async function waitUntilIdle(): Promise<void> {
  await waitFor("no request under way", async () => {
    const { inFlight } = await readEdgeReport(fixture.controlSocket);
    return Object.keys(inFlight).length === 0;
  });
}

describe("requests", () => {
  test("method, path, query, Host and body reach the origin as they were sent", async () => {
    const sent = { method: "PATCH", headers: { host: "shop.test:8080" }, body: "é=1" };
    const got = await echo("/caf%C3%A9/%2F?q=a%20b|c&q=", sent);
    expect(got.method).toBe("PATCH");
    expect(got.url).toBe("/caf%C3%A9/%2F?q=a%20b|c&q=");
    expect(got.headers["host"]).toBe("shop.test:8080");
    expect(got.headers["content-length"]).toBe("4"); // WSGI reads nothing without it
    expect(got.body).toBe("é=1");
  });

  test("a GET with a body is passed on", async () => {
    const headers = { "content-length": 4 };
    expect(await echo("/echo", { headers, body: "find" })).toMatchObject({ body: "find" });
  });

  test("what a client claims about itself is replaced by what is known", async () => {
    const { headers, rawHeaders } = await echo("/echo", {
      headers: {
        host: "shop.test",
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "443",
        "X-Real-IP": "6.6.6.6",
        Forwarded: "for=6.6.6.6",
        "CF-Connecting-IP": "6.6.6.6",
        "X-Mizan-Intent": "v=1",
        "X-Mizan-Token": "jwt",
        X_Forwarded_For: "6.6.6.6",
        Expect: "100-continue",
        "X-Own": "kept",
        Cookie: "a=1; b=2",
      },
    });
    expect(headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-real-ip": "127.0.0.1",
      "x-forwarded-host": "shop.test",
      "x-forwarded-proto": "http",
      "x-mizan-token": "jwt",
      "x-own": "kept",
      cookie: "a=1; b=2",
    });
    const names = rawHeaders.map((name) => name.toLowerCase());
    for (const name of ["forwarded", "x-forwarded-port", "cf-connecting-ip", "x-mizan-intent"]) {
      expect(names).not.toContain(name);
    }
    expect(names).not.toContain("x_forwarded_for");
    expect(names).not.toContain("expect");
    expect(JSON.stringify(rawHeaders)).not.toMatch(/6\.6\.6\.6|evil/);
  });

  test("a client on IPv6 is named without its port", async () => {
    const other = new EdgeFixture();
    try {
      await other.startOrigin(0, (request, response) => response.end(request.headers["x-real-ip"]));
      const { port } = await other.startEdge(buildState(), "[::1]");
      const response = await fetch(`http://[::1]:${port}/`);
      expect(await response.text()).toBe("::1");
    } finally {
      await other.end();
    }
  });

  test.each(["a/b", "a@b", "a:99999999", "a b", "ex%41mple.com", ""])(
    "Host %j never moves the path or the host",
    async (host) => {
      const socket = connect(edge.port, "127.0.0.1");
      socket.write(`GET /echo HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 (400|500) /);
    },
  );

  test("/_mizan/ is closed to the outside, however it is spelled", async () => {
    for (const path of [
      "/_mizan/live",
      "/_mizan",
      "/%5Fmizan/ready",
      "//_mizan/live",
      "/x/../_mizan/%ff",
    ]) {
      expect(await ask(edge.port, path), path).toMatchObject({ status: 404, body: "Not found\n" });
    }
    expect((await echo("/_mizanine/")).url).toBe("/_mizanine/");
  });

  test("100 MB arrive as they were sent", async () => {
    const body = randomBytes(100_000_000);
    const { body: hash } = await ask(edge.port, "/hash", { method: "POST", body });
    expect(hash).toBe(createHash("sha256").update(body).digest("hex"));
  });
});

describe("answers", () => {
  test("internal headers stay inside, cookies stay apart, and the Edge says what it did", async () => {
    const { headers } = await ask(edge.port, "/internal");
    expect(headers["set-cookie"]).toEqual(["a=1; Expires=Wed, 21 Oct 2030 07:28:00 GMT", "b=2"]);
    expect(headers).not.toHaveProperty("strict-transport-security");
    expect(headers).not.toHaveProperty("x-mizan-unresolved");
    expect(headers).not.toHaveProperty("x-mizan-wrote");
    expect(headers["x-mizan-invalidate"]).toBe("user"); // upstream's client reads it
    expect(headers["x-mizan-edge"]).toBe("BYPASS; reason=no-rule");
    expect(headers["server-timing"]).toMatch(/^db;dur=3, origin;dur=\d+, edge;dur=\d+$/);
    const post = await ask(edge.port, "/internal", { method: "POST" });
    expect(post.headers["x-mizan-edge"]).toBe("BYPASS; reason=method");
  });

  test("redirects, empty answers, HEAD and compressed bodies pass as they are", async () => {
    expect(await ask(edge.port, "/redirect")).toMatchObject({
      status: 302,
      headers: { location: "/elsewhere" },
    });
    expect(await ask(edge.port, "/nothing")).toMatchObject({ status: 204, body: "" });
    const head = await ask(edge.port, "/sized", { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, body: "", headers: { "content-length": "5" } });
    const squeezed = await open(edge.port, "/gzip", { headers: { "accept-encoding": "gzip" } });
    expect(squeezed.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(await buffer(squeezed)).toString()).toBe("squeezed");
    await waitUntilIdle();
  });

  test("an answer that breaks off breaks off for the browser, too", async () => {
    await expect(ask(edge.port, "/cut")).rejects.toThrow();
    await waitUntilIdle();
  });

  test("a slow reader holds the origin back, and counts as under way until it goes", async () => {
    const response = await open(edge.port, "/endless");
    await once(response, "readable");
    let beforeBytes = -1;
    await waitFor("the origin to be held back", async () => {
      beforeBytes = endlessBytes;
      await sleep(600);
      return endlessBytes === beforeBytes;
    });
    expect(beforeBytes).toBeLessThan(32 * MIB);
    expect((await readEdgeReport(fixture.controlSocket)).inFlight).toEqual({ "0": 1 });
    response.destroy();
    await waitUntilIdle();
  });

  test("events are delivered one by one, and the stream ends at the origin once its reader has gone", async () => {
    const response = await open(edge.port, "/events");
    const [event] = await once(response, "data");
    expect(String(event)).toBe("data: 1\n\n"); // one, not what a buffer holds
    response.destroy();
    await waitFor("the origin's end", () => eventEnds === 1);
    await waitUntilIdle();
  });

  test("a browser that goes away before the answer leaves nothing counted", async () => {
    const asked = request({ host: "127.0.0.1", port: edge.port, path: "/late", agent: false });
    asked.on("error", () => undefined); // it is destroyed below
    asked.end();
    await sleep(150);
    expect((await readEdgeReport(fixture.controlSocket)).inFlight).toEqual({ "0": 1 });
    asked.destroy();
    await waitUntilIdle();
  });
});
