import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type VerifyOptions,
  verifyRelease,
} from "../../../../../cli/targets/local/verify-release.ts";

let folder: string;
let server: Server | undefined;
const asked: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mz-verify-"));
  asked.length = 0;
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** What the app answers: path → status and body; what is not named is a healthy release r2. */
type Answers = Readonly<Record<string, readonly [number, string]>>;

const HEALTHY = JSON.stringify({ release: "r2", instance: "i1", ok: true, checks: [] });

async function verify(
  answers: Answers | RequestListener,
  options: Partial<VerifyOptions> = {},
): Promise<void> {
  const socketPath = join(folder, "slot-1.sock");
  const listener: RequestListener =
    typeof answers === "function"
      ? answers
      : (request, response) => {
          remember(request);
          const [status, body] = answers[request.url ?? ""] ?? [200, HEALTHY];
          response.writeHead(status).end(body);
        };
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(socketPath, resolve));
  await verifyRelease({
    release: "r2",
    socketPath,
    host: "127.0.0.1:8000",
    asksRoot: true,
    settleMs: 0,
    signal: AbortSignal.timeout(20_000),
    readLogTail: async () => "Traceback\nValueError: x",
    readLastExit: async () => null,
    ...options,
  });
}

function remember(request: IncomingMessage): void {
  asked.push(`${request.method} ${request.url} ${request.headers.host}`);
}

describe("a release that is well", () => {
  it("is asked for life, readiness and a page, and for readiness again after a while", async () => {
    const startedAtMs = Date.now();
    await verify({ "/": [200, "<h1>Shop</h1>"] }, { settleMs: 250 });
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(250);
    const host = "127.0.0.1:8000";
    expect(asked).toEqual([
      `GET /_mizan/live ${host}`,
      `GET /_mizan/ready ${host}`,
      `GET / ${host}`,
      `GET /_mizan/ready ${host}`,
    ]);
  });

  it("is not asked for a page that the frontend serves", async () => {
    await verify({ "/": [500, ""] }, { asksRoot: false });
    expect(asked.some((line) => line.startsWith("GET / "))).toBe(false);
  });

  it.each([[301], [302], [401], [403], [404], [400]])(
    "may answer its root page with %i",
    async (status) => {
      await verify({ "/": [status, "the app's own words"] });
    },
  );
});

describe("a release that is not", () => {
  const ready = (body: object, status = 503): Answers => ({
    "/_mizan/ready": [status, JSON.stringify(body)],
  });
  const base = { release: "r2", instance: "i1", ok: false };
  const check = (name: string, ok: boolean, message: string) => ({ name, ok, message });

  it.each<[string, Answers, string]>([
    [
      "names the checks that fail",
      ready({
        ...base,
        checks: [
          check("database:default", false, "connection refused"),
          check("migrations", true, ""),
          check("cache:default", false, "no route"),
        ],
      }),
      "GET /_mizan/ready (Host: 127.0.0.1:8000) got 503: database:default: connection refused; cache:default: no route.",
    ],
    ["says that it is not ready where no check says why", ready(base), "got 503: it is not ready."],
    ["is refused though its status is 200", ready(base, 200), "got 200: it is not ready."],
    [
      "is another release's process",
      { "/_mizan/live": [200, HEALTHY.replace("r2", "r1")] },
      "GET /_mizan/live (Host: 127.0.0.1:8000) got 200: the process that answers is of release r1.",
    ],
    [
      "answers something that is no health answer",
      { "/_mizan/live": [404, "<h1>Not Found</h1>"] },
      "got 404: that is no health answer.",
    ],
    ["answers null", { "/_mizan/live": [200, "null"] }, "got 200: that is no health answer."],
    [
      "answers checks that are none",
      ready({ ...base, checks: "all" }),
      "got 503: that is no health answer.",
    ],
    [
      "has a page that fails",
      { "/": [500, "<h1>Server Error (500)</h1>"] },
      "GET / (Host: 127.0.0.1:8000) got 500: the page fails.",
    ],
    [
      "refuses the public host",
      {
        "/": [
          400,
          '\n<!doctype html>\n<html lang="en">\n<head>\n  <title>Bad Request (400)</title>\n</head>\n<body>\n  <h1>Bad Request (400)</h1><p></p>\n</body>\n</html>\n',
        ],
      },
      "GET / (Host: 127.0.0.1:8000) got 400: ALLOWED_HOSTS refuses the public host.",
    ],
    [
      "refuses the public host with DEBUG on",
      { "/": [400, "<title>DisallowedHost\n at /</title>"] },
      "ALLOWED_HOSTS refuses the public host.",
    ],
  ])("%s", async (_claim, answers, words) => {
    const error = await verify(answers).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "RELEASE_UNHEALTHY",
      exitCode: 7,
      hint: "Fix the cause, then: mizan deploy",
      details: { output: "Traceback\nValueError: x" },
    });
    const { message } = error as Error;
    expect(message).toContain(words);
    expect(message).toMatch(/^Release r2 is not healthy: .* It took no traffic\.$/);
  });

  it("was well, and is not any more after a while", async () => {
    let count = 0;
    const dying: RequestListener = (request, response) => {
      if (request.url === "/_mizan/ready") count += 1;
      if (count === 2) request.socket.destroy();
      else response.end(HEALTHY);
    };
    await expect(verify(dying, { settleMs: 50 })).rejects.toMatchObject({
      code: "RELEASE_UNHEALTHY",
      message: expect.stringContaining(
        "GET /_mizan/ready (Host: 127.0.0.1:8000) got no answer: the process does not answer",
      ),
      cause: { code: "ECONNRESET" },
    });
  });

  it("has ended, and how", async () => {
    const options = {
      socketPath: join(folder, "none.sock"),
      readLastExit: async () => "signal SIGKILL",
    };
    await expect(verify({}, options)).rejects.toMatchObject({
      message: expect.stringContaining("got no answer: the process ended (signal SIGKILL)"),
    });
  });

  it("has no socket", async () => {
    await expect(verify({}, { socketPath: join(folder, "none.sock") })).rejects.toMatchObject({
      message: expect.stringContaining("the process does not answer"),
      cause: { code: "ENOENT" },
    });
  });
});

describe("an interruption", () => {
  it("ends the wait at once, with its own reason", async () => {
    const stop = new AbortController();
    const reason = new Error("Ctrl-C");
    setTimeout(() => stop.abort(reason), 100);
    const startedAtMs = Date.now();
    await expect(verify({}, { settleMs: 30_000, signal: stop.signal })).rejects.toBe(reason);
    expect(Date.now() - startedAtMs).toBeLessThan(5_000);
  });
});
