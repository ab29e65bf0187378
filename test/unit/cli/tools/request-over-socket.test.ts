import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requestOverSocket } from "../../../../cli/tools/request-over-socket.ts";

let folder: string;
let socketPath: string;
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mz-sock-"));
  socketPath = join(folder, "s");
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<void> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(socketPath, resolve));
}

describe("a request over a socket", () => {
  it("sends method, headers and body, and gives back all of the answer", async () => {
    await serve(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      response.writeHead(201, {
        "x-seen": `${request.method} ${request.url} ${request.headers["x-a"]}`,
      });
      for (const byte of Buffer.from(`${body} – ü`)) response.write(Buffer.of(byte));
      response.end();
    });
    const wanted = {
      socketPath,
      method: "PUT",
      path: "/x?y=1",
      headers: { "x-a": "b" },
      body: "語",
      timeoutMs: 5_000,
    };
    const answer = await requestOverSocket(wanted);
    expect(answer).toMatchObject({
      status: 201,
      body: "語 – ü",
      headers: { "x-seen": "PUT /x?y=1 b" },
    });
  });

  it("fails where nothing listens", async () => {
    await expect(
      requestOverSocket({ socketPath, path: "/", timeoutMs: 1_000 }),
    ).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("fails when no answer comes in time, and when an answer is cut", async () => {
    await serve((request, response) => {
      if (request.url !== "/cut") return;
      response.writeHead(200, { "content-length": "10" }).write("half");
      setTimeout(() => response.destroy(), 20);
    });
    await expect(
      requestOverSocket({ socketPath, path: "/", timeoutMs: 100 }),
    ).rejects.toMatchObject({ code: "ETIMEDOUT" });
    await expect(
      requestOverSocket({ socketPath, path: "/cut", timeoutMs: 5_000 }),
    ).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});
