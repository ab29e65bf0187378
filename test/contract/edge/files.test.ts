import { createHash } from "node:crypto";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storeAssets } from "../../../cli/targets/local/edge/asset-store.ts";
import { pushEdgeState } from "../../../cli/targets/local/edge/edge-control.ts";
import type { AssetTable } from "../../../edge/cache/contract.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { ask, buildState, EdgeFixture, type RunningEdge } from "./edge-fixture.ts";

const fixture = new EdgeFixture();
let edge: RunningEdge;
let assets: AssetTable;

function write(folder: string, path: string, content: string): void {
  const file = join(fixture.folder, folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

beforeAll(async () => {
  write("site", "index.html", "<h1>site</h1>");
  write("site", "assets/index-BfZ3kQ1x.js", "run()");
  write("site", "übersicht 1.txt", "ü");
  write("media", "photo.jpg", "0123456789");
  write("media", "a/evil.html", "<script>1</script>");
  write("media", "a/größe 100%.svg", "<svg/>");
  write("media", "paper.PDF", "%PDF");
  write("media", "unknown.xyz", "?");
  write("media", ".secret", "no");
  write("media", "a/.git/config", "no");
  assets = await storeAssets(join(fixture.folder, "site"), "/", {
    assetsFolder: fixture.assetsFolder,
  });
  await fixture.startOrigin(0, (request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://origin");
    if (pathname.startsWith("/view/")) response.writeHead(404).end("raised by a view");
    else if (pathname === "/") response.end("django's root");
    else response.writeHead(404, { "x-mizan-unresolved": "1" }).end("no such page");
  });
  edge = await fixture.startEdge(
    buildState({
      assets,
      fallback: "/index.html",
      djangoServesRoot: false,
      mediaPrefix: "/media/",
    }),
  );
});
afterAll(() => fixture.end());

const html = { headers: { accept: "text/html,*/*" } };

describe("static files", () => {
  test("one with a hash in its name is kept for a year, with type, length and ETag", async () => {
    const { status, headers, body } = await ask(edge.port, "/assets/index-BfZ3kQ1x.js?v=1");
    expect([status, body]).toEqual([200, "run()"]);
    expect(headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "content-length": "5",
      "cache-control": "public, max-age=31536000, immutable",
      etag: `"${createHash("sha256").update("run()").digest("hex")}"`,
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      "x-mizan-edge": "BYPASS; reason=static",
    });
  });

  test("one without is asked about each time, and answered 304 while it is the same", async () => {
    const { headers } = await ask(edge.port, "/index.html");
    expect(headers["cache-control"]).toBe("no-cache");
    const again = { headers: { "if-none-match": `"other", W/${headers.etag}` } };
    expect(await ask(edge.port, "/index.html", again)).toMatchObject({
      status: 304,
      body: "",
      headers: { etag: headers.etag },
    });
    const other = { headers: { "if-none-match": '"other"' } };
    expect(await ask(edge.port, "/index.html", other)).toMatchObject({ status: 200 });
  });

  test("HEAD tells the length, a range gives a part, a wrong one 416", async () => {
    const head = await ask(edge.port, "/index.html", { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, body: "", headers: { "content-length": "13" } });
    const part = await ask(edge.port, "/index.html", { headers: { range: "bytes=4-7" } });
    expect(part).toMatchObject({ status: 206, body: "site" });
    expect(part.headers["content-range"]).toBe("bytes 4-7/13");
    const stale = { headers: { range: "bytes=4-7", "if-range": '"old"' } };
    expect(await ask(edge.port, "/index.html", stale)).toMatchObject({ status: 200 });
    const wrong = await ask(edge.port, "/index.html", { headers: { range: "bytes=99-" } });
    expect(wrong).toMatchObject({ status: 416, headers: { "cache-control": "no-store" } });
  });

  test("names are found by their decoded form", async () => {
    const { status, body } = await ask(edge.port, "/%C3%BCbersicht%201.txt");
    expect([status, body]).toEqual([200, "ü"]);
  });

  test("what every object has is no file, and a POST is the app's", async () => {
    for (const path of ["/constructor", "/__proto__", "/toString"]) {
      expect(await ask(edge.port, path), path).toMatchObject({ body: "no such page" });
    }
    const post = await ask(edge.port, "/index.html", { method: "POST" });
    expect(post).toMatchObject({ status: 404, body: "no such page" });
  });

  test("a file that the store has lost is an error, and says so", async () => {
    const table = {
      "/gone.css": { ...Object.values(assets)[0], sha256: "0".repeat(64) },
    } as AssetTable;
    await pushEdgeState(fixture.controlSocket, buildState({ assets: { ...assets, ...table } }));
    expect(await ask(edge.port, "/gone.css")).toMatchObject({ status: 502 });
    await waitFor("the log", () => edge.output().includes("the asset store has no 000"));
    await pushEdgeState(
      fixture.controlSocket,
      buildState({
        assets,
        fallback: "/index.html",
        djangoServesRoot: false,
        mediaPrefix: "/media/",
      }),
    );
  });
});

describe("the fallback document", () => {
  test("answers / without asking Django, and pages that Django does not resolve", async () => {
    for (const path of ["/", "/orders/7?tab=2"]) {
      const { status, headers, body } = await ask(edge.port, path, html);
      expect([status, body]).toEqual([200, "<h1>site</h1>"]);
      expect(headers["cache-control"]).toBe("no-cache");
      const { etag = "" } = headers;
      const again = { headers: { ...html.headers, "if-none-match": etag } };
      expect(await ask(edge.port, path, again)).toMatchObject({ status: 304 });
    }
    const navigation = { headers: { "sec-fetch-mode": "navigate" } };
    expect(await ask(edge.port, "/orders/7", navigation)).toMatchObject({ status: 200 });
  });

  test("never answers data, forms, or a 404 that a view raised", async () => {
    expect(await ask(edge.port, "/api/none")).toMatchObject({ status: 404, body: "no such page" });
    const json = { headers: { accept: "application/json" } };
    expect(await ask(edge.port, "/api/none", json)).toMatchObject({ status: 404 });
    const form = { ...html, method: "POST" };
    expect(await ask(edge.port, "/orders/7", form)).toMatchObject({ status: 404 });
    expect(await ask(edge.port, "/view/7", html)).toMatchObject({
      status: 404,
      body: "raised by a view",
    });
  });

  test("leaves / to Django where Django resolves it, and everything where there is none", async () => {
    await pushEdgeState(fixture.controlSocket, buildState({ assets, fallback: "/index.html" }));
    expect(await ask(edge.port, "/", html)).toMatchObject({ body: "django's root" });
    await pushEdgeState(fixture.controlSocket, buildState({ djangoServesRoot: false }));
    expect(await ask(edge.port, "/", html)).toMatchObject({ body: "django's root" });
    expect(await ask(edge.port, "/orders/7", html)).toMatchObject({ status: 404 });
  });
});

describe("uploads", () => {
  beforeAll(() => pushEdgeState(fixture.controlSocket, buildState({ mediaPrefix: "/media/" })));

  test("have a type by name, are asked about each time, and are no script of this site", async () => {
    const expected: Record<string, [string, string | undefined]> = {
      "photo.jpg": ["image/jpeg", "sandbox"],
      "a/evil.html": ["text/html; charset=utf-8", "sandbox"],
      "a/gr%C3%B6%C3%9Fe%20100%25.svg": ["image/svg+xml", "sandbox"],
      "paper.PDF": ["application/pdf", undefined], // browsers refuse to show a sandboxed one
      "unknown.xyz": ["application/octet-stream", "sandbox"],
    };
    for (const [path, [type, policy]] of Object.entries(expected)) {
      const { status, headers } = await ask(edge.port, `/media/${path}`);
      expect(status, path).toBe(200);
      expect(headers["content-type"]).toBe(type);
      expect(headers["content-security-policy"]).toBe(policy);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["cache-control"]).toBe("no-cache");
    }
  });

  test("answer 304, HEAD and ranges as files do", async () => {
    const { headers } = await ask(edge.port, "/media/photo.jpg");
    const since = { "if-modified-since": headers["last-modified"] ?? "" };
    expect(await ask(edge.port, "/media/photo.jpg", { headers: since })).toMatchObject({
      status: 304,
    });
    const old = { "if-modified-since": "Wed, 21 Oct 2015 07:28:00 GMT" };
    expect(await ask(edge.port, "/media/photo.jpg", { headers: old })).toMatchObject({
      status: 200,
    });
    const head = await ask(edge.port, "/media/photo.jpg", { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, body: "", headers: { "content-length": "10" } });
    const range = { range: "bytes=2-4", "if-range": headers["last-modified"] ?? "" };
    const part = await ask(edge.port, "/media/photo.jpg", { headers: range });
    expect(part).toMatchObject({ status: 206, body: "234" });
  });

  test.each([
    "nope.jpg",
    "",
    "a",
    "a/",
    ".secret",
    "a/.git/config",
    "%2esecret",
    "..%2fcache.mjs",
    "a%2f..%2f..%2fcache.mjs",
    "..%5ccache.mjs",
    "photo.jpg%00.html",
    "a//evil.html",
    "%ff",
  ])("there is no /media/%s", async (path) => {
    const { status } = await ask(edge.port, `/media/${path}`);
    expect(status).toBe(404);
  });

  test("nothing else than reading is allowed", async () => {
    expect(await ask(edge.port, "/media/photo.jpg", { method: "DELETE" })).toMatchObject({
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  });

  test("a file that appears or changes later is served as it is then", async () => {
    write("media", "later.txt", "first");
    expect(await ask(edge.port, "/media/later.txt")).toMatchObject({ body: "first" });
    rmSync(join(fixture.mediaFolder, "later.txt"));
    symlinkSync(join(fixture.mediaFolder, "photo.jpg"), join(fixture.mediaFolder, "later.txt"));
    expect(await ask(edge.port, "/media/later.txt")).toMatchObject({ body: "0123456789" });
  });
});
