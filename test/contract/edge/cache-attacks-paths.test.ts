/** Attacks: path confusion with encoded delimiters, and cache deception (edge-consistency 3.1, 3.6). */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askRaw, buildHead, CLOSE } from "./ask-raw.ts";
import { contextPath, HOST, MizanApp, mintToken } from "./mizan-app.ts";

const app = new MizanApp();
const NEWS = contextPath("news");
beforeAll(() => app.start());
afterAll(() => app.end());

/** As it stands, without what a client library or a URL parser makes of it. */
async function askTarget(target: string, fields: readonly string[] = []) {
  const head = buildHead(`GET ${target} HTTP/1.1`, [`Host: ${HOST}`, ...fields, CLOSE]);
  const answers = await askRaw(app.port, head);
  const [answer] = answers;
  if (answer === undefined || answers.length > 1) throw new Error("not one answer");
  return answer;
}

/** Another path than those of the manifest: the app would answer a page with somebody's name on it. */
async function expectPassed(target: string): Promise<void> {
  const path = target.replace(/[?#].*/, "");
  app.origin.on(path, ({ asked, say }) => {
    say({ route: "/p/:slug/", body: asked.headers["cookie"] ?? "nobody" });
  });
  for (const cookie of ["anna", "bert"]) {
    const answer = await askTarget(target, [`Cookie: ${cookie}`]);
    expect(answer.headers["x-mizan-edge"], target).toBe("BYPASS; reason=no-rule");
    expect(answer.body, target).toBe(cookie);
    expect(app.origin.asked.at(-1)?.url, target).toBe(target);
    expect(app.origin.asked.at(-1)?.intent?.mode, target).toBe("read");
  }
}

describe("path confusion and encoded delimiters", () => {
  test.each([
    "/p/one%2Ftwo/",
    "/p/one%2ftwo/",
    "/p%2Fone/",
    "/p/one%5Ctwo/",
    "/p/%6fne/",
    "/%70/one/",
    "/p/%C3%bc/",
    "/p/one;a=b/",
    "/p/one%3Ba=b/",
    "/p;x/one/",
    "/p//one/",
    "//p/one/",
    "/p/one//",
    "/p/one%3Fx/",
    "/p/one%23x/",
    "/p/one%00/",
    "/p/one%0a/",
    "/p/one%0d%0aX-Evil:1/",
    "/p/one%09/",
    "/p/one%7F/",
    "/p/one%252F/",
    "/p/one%25/",
    "/p/%C3/",
    "/p/%C0%AF/",
    "/p/%E0%80%AF/",
    "/p/%ED%A0%80/",
    "/p/%F8%88%80%80%80/",
    "/p/%zz/",
    "/p/one%/",
    "/p/%u0061/",
    "/P/one/",
  ])("%s is not the page, and is not cached", (target) => expectPassed(target));

  test.each([
    "/api/mizan/ctx/news",
    "/api/mizan/ctx/News/",
    "/API/mizan/ctx/news/",
    "/api/mizan/ctx/n%65ws/",
    "/api/mizan/ctx%2Fnews/",
    "/api//mizan/ctx/news/",
    "/api/mizan/ctx/news//",
    "/api/mizan/ctx/news/;x",
    "/api/mizan/ctx/news;/",
    "/api/mizan/ctx/news/%00",
    "/api/mizan/ctx/news%20/",
    "/api/mizan/ctx/news%0a/",
    "/api/mizan/ctx/news/%2e%2e%2fitem/",
    "/api/mizan/ctx/news%3Fx/",
  ])("%s is not the context, and is not cached", (target) => expectPassed(target));

  test.each([
    ["/p/x/../up/", "/p/up/"],
    ["/p/x/%2e%2e/up/", "/p/up/"],
    ["/p/x/%2E./up/", "/p/up/"],
    ["/p/./up/", "/p/up/"],
    ["/p/%2e/up/", "/p/up/"],
    ["/../p/up/", "/p/up/"],
    ["/p\\up/", "/p/up/"],
    ["/p/x\\..\\up/", "/p/up/"],
    ["/p/up/#/../../admin/", "/p/up/"],
    ["/p/up/#?slug=admin", "/p/up/"],
    [`/p/..${NEWS}`, NEWS],
    [NEWS.replaceAll("/", "\\").replace("\\", "/"), NEWS],
    [`${NEWS}#x`, NEWS],
    [`${NEWS}?`, NEWS],
    [`${NEWS}?&&`, NEWS],
  ])("%s: what is decided, %s, is what is asked and signed", async (target, path) => {
    app.origin.on("/p/up/", ({ say }) => say({ route: "/p/:slug/", body: "up" }));
    await app.invalidate("*");
    const answer = await askTarget(target);
    expect(answer.headers["x-mizan-edge"]).toBe("MISS");
    expect(app.origin.asked.at(-1)).toMatchObject({ url: path, intent: { mode: "read" } });
    expect(await app.mark(path)).toBe("HIT");
  });

  test.each(["/p/o\tne/", "/p/one/\x00", "/p/one /x", "/p/\xffne/", "p/one/", "\\p\\one/", ""])(
    "a target that is none (%j): refused before anything is asked",
    async (target) => {
      const before = app.origin.asked.length;
      expect((await askTarget(target)).status).toBe(400);
      expect(app.origin.asked).toHaveLength(before);
    },
  );

  test.each([
    ["/plain/x/../", "/plain/"],
    ["/plain/%2e/", "/plain/"],
    ["/x\\..\\plain/", "/plain/"],
    ["/_mizan/../plain/", "/plain/"],
  ])("%s, which no rule concerns, is forwarded as it was decided about", async (target, path) => {
    const head = buildHead(`POST ${target} HTTP/1.1`, [
      `Host: ${HOST}`,
      "Content-Length: 0",
      CLOSE,
    ]);
    await askRaw(app.port, head);
    expect(app.origin.asked.at(-1)).toMatchObject({ url: path, intent: { mode: "uncovered" } });
  });

  test("targets with odd characters are signed as the origin gets them", async () => {
    for (const target of [
      "/odd/?",
      "/odd/?a='b'&c=%27d",
      "/odd/?q=a|b{}^`",
      "/odd/?x=%zz",
      "/odd/a'b",
    ]) {
      const path = target.replace(/\?.*/, "");
      app.origin.on(path, ({ say }) => say({ body: "x" }));
      await app.ask(target);
      const { intent, url } = app.origin.asked.at(-1) ?? {};
      expect(intent?.mode, `${target} as ${url}`).toBe("read");
    }
    app.origin.on(contextPath("page"), ({ sayJson }) => sayJson({}));
    await app.ask(`${contextPath("page")}?slug=a'b!(c)*|`);
    expect(app.origin.of(contextPath("page")).at(-1)?.intent?.mode).toBe("read");
    expect(app.origin.of(contextPath("page")).at(-1)?.query.get("slug")).toBe("a'b!(c)*|");
  });

  test.each([
    ["/api/mizan/c%61ll/", "/api/mizan/c%61ll/"],
    ["/api%2Fmizan/call/", "/api%2Fmizan/call/"],
    ["/api/mizan/x/../call/", "/api/mizan/call/"],
    ["/api/mizan/%2E/call/", "/api/mizan/call/"],
    ["/api\\mizan\\call/", "/api/mizan/call/"],
    ["/api/mizan/call/#x", "/api/mizan/call/"],
    ["/hooks/n%65ws/", "/hooks/n%65ws/"],
    ["/hooks%2fnews/", "/hooks%2fnews/"],
    ["/hooks/x/%2e%2e/news/", "/hooks/news/"],
    ["/hooks/./news/?a=/../b", "/hooks/news/"],
  ])("%s, another spelling of a mutation, is a mutation still", async (target, path) => {
    app.origin.on(path, ({ sayJson }) => sayJson({ result: 1 }, { wrote: true }));
    await app.ask(NEWS);
    const body = '{"fn":"set_news"}';
    const fields = [`Host: ${HOST}`, `Content-Length: ${body.length}`, CLOSE];
    await askRaw(app.port, `${buildHead(`POST ${target} HTTP/1.1`, fields)}${body}`);
    const { intent, path: asked, body: sent } = app.origin.asked.at(-1) ?? {};
    expect([asked, intent?.mode, String(sent)]).toEqual([path, "covered", body]);
    expect(intent?.deadlineMs).toBeGreaterThan(Date.now());
    expect(await app.mark(NEWS)).toBe("MISS");
  });
});

describe("cache deception", () => {
  test.each([
    "/p/anna/x.css",
    "/p/anna/.js",
    "/p/anna/a.png",
    "/p/anna%0a.css",
    "/p/anna%00.css",
    "/p/anna%3F.css",
    "/p/anna%23.css",
    "/p/anna%3Bx.css",
    "/p/anna/%2e%2e%2fx.css",
    "/p/anna/;x.css",
    "/api/mizan/ctx/user/x.css",
    "/api/mizan/ctx/user/%2e%2e/x.js",
    "/api/mizan/ctx/user.css",
    "/api/mizan/ctx/user/.json",
  ])("%s, a private page that looks like a file, is kept for nobody", async (target) => {
    app.origin.on(target.replace("/user/%2e%2e/", "/"), ({ asked, say }) =>
      say({
        route: "/p/:slug/",
        body: asked.headers["cookie"] ?? "nobody",
        headers: { "cache-control": "public, max-age=60", "content-type": "text/css" },
      }),
    );
    const victim = await app.ask(target, { headers: { cookie: "sessionid=anna" } });
    expect(victim.body).toBe("sessionid=anna");
    expect(victim.headers["x-mizan-edge"]).toMatch(/^BYPASS/);
    const thief = await app.ask(target);
    expect(thief.body).toBe("nobody");
    expect(thief.headers["x-mizan-edge"]).toBe("BYPASS; reason=no-rule");
  });

  test.each(["/p/style.css/", "/p/app.js/", "/p/..css/"])(
    "%s is the page, and leaves with nothing that another cache could keep it by",
    async (path) => {
      const headers = {
        "cache-control": "public, max-age=60",
        etag: '"1"',
        expires: "0",
        age: "5",
      };
      app.origin.on(path, ({ asked, say }) =>
        say({ route: "/p/:slug/", body: asked.headers["cookie"] ?? "nobody", headers }),
      );
      const cookies = ["sessionid=anna", "sessionid=bert"];
      for (const cookie of [undefined, ...cookies]) {
        const own = cookie === undefined ? {} : { headers: { cookie } };
        const answer = await app.ask(path, own);
        expect(answer.body).toBe(cookie ?? "nobody");
        expect(answer.headers["cache-control"]).toBe("private, no-store");
        for (const name of ["etag", "expires", "age"])
          expect(answer.headers).not.toHaveProperty(name);
      }
      expect(await app.mark(path)).toBe("HIT");
    },
  );

  test("a page pattern that fits another view's path: what the app resolved decides", async () => {
    app.origin.on("/p/login/", ({ say }) => say({ route: "/p/login/", body: "csrf" }));
    app.origin.on("/p/unsaid/", ({ say }) => say({ body: "csrf" }));
    app.origin.on("/p/unsigned/", ({ say }) => say({ wrote: null, body: "csrf" }));
    for (const path of ["/p/login/", "/p/unsaid/", "/p/unsigned/"]) {
      for (let time = 0; time < 2; time += 1) {
        expect(await app.mark(path), path).toBe("MISS; stored=0; reason=no-rule");
      }
    }
  });

  test("a page marked private, or with a nonce, is kept for nobody", async () => {
    const marks = [
      ["private", { "cache-control": "max-age=60, Private" }],
      ["nonce", { "content-security-policy": "script-src 'nonce-abc'" }],
      ["nonce", { "content-security-policy-report-only": "script-src 'NONCE-abc'" }],
    ] as const;
    for (const [index, [reason, headers]] of marks.entries()) {
      const path = `/p/kept-${index}/`;
      app.origin.on(path, ({ say }) => say({ route: "/p/:slug/", body: "x", headers }));
      expect(await app.mark(path)).toBe(`MISS; stored=0; reason=${reason}`);
    }
  });

  test("a signed-in page is kept for its user alone", async () => {
    app.origin.on("/p/me/", ({ asked, say }) =>
      say({ route: "/p/:slug/", body: asked.headers["x-mizan-token"] ?? "nobody" }),
    );
    const tokens = ["anna", "bert"].map((sub) => mintToken({ sub }));
    for (const mark of ["MISS", "HIT"]) {
      for (const token of tokens) {
        const answer = await app.ask("/p/me/", { headers: { "x-mizan-token": token } });
        expect([answer.body, answer.headers["x-mizan-edge"]]).toEqual([token, mark]);
      }
      expect((await app.ask("/p/me/")).body).toBe("nobody");
    }
  });
});
