/** One test per way of making the cache answer what it must not (design D7.1; edge-consistency 3, 10). */

import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "../../helpers/wait-for.ts";
import type { Answer } from "./edge-fixture.ts";
import { CALL, contextPath, HOST, MizanApp, mintToken, readValue, SECRETS } from "./mizan-app.ts";

const app = new MizanApp();
const NEWS = contextPath("news");
const USER = contextPath("user");
beforeAll(() => app.start());
afterAll(() => app.end());

/** The identity that a body names. */
function readUser({ body }: Answer): unknown {
  const bundle: Record<string, { user: unknown }> = JSON.parse(body);
  return Object.values(bundle)[0]?.user;
}

function withToken(token: string) {
  return { headers: { "x-mizan-token": token } };
}

describe("isolation", () => {
  test("two users and anonymous, interleaved over public and own contexts: each gets his own", async () => {
    const tokens = ["anna", "bert"].map((sub) => [sub, mintToken({ sub })] as const);
    for (let round = 0; round < 3; round += 1) {
      for (const path of [NEWS, `${USER}?user_id=1`, `${contextPath("item")}?item_id=9`]) {
        for (const [sub, token] of tokens) {
          const answer = await app.ask(path, withToken(token));
          expect(readUser(answer), path).toBe(sub);
          expect(answer.headers["x-mizan-edge"]).toBe(round === 0 ? "MISS" : "HIT");
        }
        const anonymous = await app.ask(path);
        expect(readUser(anonymous)).toBeNull();
      }
    }
  });

  test("anonymous requests for a user's context pass the cache", async () => {
    expect(await app.mark(`${USER}?user_id=1`)).toBe("BYPASS; reason=user-scoped-anonymous");
  });

  test.each([
    ["a session cookie", { cookie: "a=1; sessionid=s1" }],
    ["a messages cookie", { cookie: "messages=m" }],
    ["a declared cookie", { cookie: "jwt=j" }],
    ["Authorization", { authorization: "Bearer x" }],
  ])("%s without a token passes the cache both ways", async (_, headers) => {
    const path = `${contextPath("item")}?item_id=credentials`;
    await app.ask(path);
    const asked = app.origin.of(contextPath("item")).length;
    expect(await app.mark(path, { headers })).toBe("BYPASS; reason=credentials");
    expect(app.origin.of(contextPath("item")).at(-1)?.headers).toMatchObject(headers);
    expect(app.origin.of(contextPath("item"))).toHaveLength(asked + 1);
    expect(await app.mark(path)).toBe("HIT");
  });

  test("a user whose permissions changed does not hit his old answers", async () => {
    const before = mintToken({ sub: "carl", staff: true });
    await app.ask(NEWS, withToken(before));
    expect(await app.mark(NEWS, withToken(before))).toBe("HIT");
    expect(await app.mark(NEWS, withToken(mintToken({ sub: "carl" })))).toBe("MISS");
    const pkey = { sub: "carl", staff: true, pkey: "1".repeat(64) };
    expect(await app.mark(NEWS, withToken(mintToken(pkey)))).toBe("MISS");
  });

  test("a user may not name himself so that he is taken for another, or for nobody", async () => {
    const subs = ["1", '1","r":0', "null", "", "anna\u0000", "anna "];
    const answers = new Map<string, unknown>();
    for (const sub of subs.filter((one) => one !== "")) {
      answers.set(sub, readUser(await app.ask(NEWS, withToken(mintToken({ sub })))));
    }
    for (const [sub, user] of answers) expect(user).toBe(sub);
    expect(await app.mark(NEWS, withToken(mintToken({ sub: "" })))).toBe(
      "BYPASS; reason=token-invalid",
    );
  });

  test("another host has entries of its own, and one that is not ours passes the cache", async () => {
    app.origin.on(contextPath("brief"), ({ asked, sayJson }) =>
      sayJson({ host: asked.headers["x-forwarded-host"] }),
    );
    const ask = (host: string) => app.ask(contextPath("brief"), { headers: { host } });
    expect((await ask(HOST)).body).toContain(HOST);
    const other = await ask("other.test:8000");
    expect(other.body).toContain("other.test:8000");
    expect(other.headers["x-mizan-edge"]).toBe("MISS");
    const odd = await ask("evil.test");
    expect(odd.headers["x-mizan-edge"]).toBe("BYPASS; reason=host");
    expect((await ask("SHOP.test:8000")).headers["x-mizan-edge"]).toBe("BYPASS; reason=host");
  });

  test("a foreign Origin passes the cache, so that no CORS answer is shared", async () => {
    await app.ask(NEWS);
    const mark = (origin: string) => app.mark(NEWS, { headers: { origin } });
    expect(await mark("http://evil.test")).toBe("BYPASS; reason=origin-header");
    expect(await mark("null")).toBe("BYPASS; reason=origin-header");
    expect(await mark(`http://${HOST}`)).toBe("HIT");
  });
});

describe("poisoning by what is not keyed", () => {
  test("no header of a request that the key does not cover reaches the origin", async () => {
    app.origin.on(contextPath("page"), ({ asked, sayJson }) => sayJson({ page: asked.headers }));
    const path = `${contextPath("page")}?slug=poison`;
    const poison = {
      "x-forwarded-host": "evil.test",
      "x-forwarded-scheme": "https",
      "x-original-url": "/admin/",
      "x-rewrite-url": "/admin/",
      "x-http-method-override": "POST",
      "x-host": "evil.test",
      "accept-language": "xx",
      "user-agent": "<script>",
      cookie: "theme=evil",
      "transfer-encoding": "chunked",
    };
    await app.ask(path, { headers: poison });
    const { body, headers } = await app.ask(path);
    expect(headers["x-mizan-edge"]).toBe("HIT");
    expect(body).not.toMatch(/evil|admin|override|script|"xx"|theme/);
  });

  test("names with an underscore reach no origin, where WSGI would fold them into trusted ones", async () => {
    const socket = connect(app.port, "127.0.0.1");
    socket.write(
      `GET ${NEWS}?utm=fold HTTP/1.1\r\nHost: ${HOST}\r\nX_Mizan_Intent: v=1\r\n` +
        "X_Forwarded_Host: evil\r\nConnection: close\r\n\r\n",
    );
    await text(socket);
    const { headers, intent } = app.origin.of(NEWS).at(-1) ?? {};
    expect(Object.keys(headers ?? {}).filter((name) => name.includes("_"))).toEqual([]);
    expect(intent?.mode).toBe("read");
  });

  test("a body on a GET reaches no origin on a cacheable read", async () => {
    const path = `${contextPath("page")}?slug=fat-get`;
    await app.ask(path, { headers: { "content-length": 4 }, body: "evil" });
    expect(app.origin.of(contextPath("page")).at(-1)?.body).toHaveLength(0);
  });

  test("X-Mizan-* from outside: neither intent, nor wrote, nor invalidate, nor a mark", async () => {
    const forged = {
      "x-mizan-intent": "v=1;m=covered;i=1;d=1;k=e1;s=x",
      "x-mizan-wrote": "w=0",
      "x-mizan-invalidate": "news",
      "x-mizan-edge": "HIT",
      "x-mizan-signature": "k=e1;s=x",
    };
    app.origin.on("/plain/", ({ asked, sayJson }) => sayJson(Object.keys(asked.headers)));
    const { body } = await app.ask("/plain/", { headers: forged });
    const names: string[] = JSON.parse(body);
    expect(names.filter((name) => name.startsWith("x-mizan-"))).toEqual(["x-mizan-intent"]);
    expect(app.origin.of("/plain/").at(-1)?.intent?.mode).toBe("read");
  });
});

describe("path confusion and cache deception", () => {
  test.each([
    "/p/one%2Ftwo/",
    "/p/one%5Ctwo/",
    "/p/%6fne/",
    "/p/one;a=b/",
    "/p//one/",
    "/p/one%3Fx/",
    "/p/one%23x/",
    "/p/one%00/",
    "/p/one%252F/",
    "/p/%C3/",
    "/p/one",
    "/p/one/x.css",
    "/P/one/",
  ])("%s is not the page, and is not cached", async (path) => {
    app.origin.on(path, ({ say }) => say({ route: "/p/:slug/", body: "x" }));
    for (let time = 0; time < 2; time += 1) {
      expect(await app.mark(path)).toBe("BYPASS; reason=no-rule");
    }
  });

  test.each(["%2e%2e", ".."])(
    "%s in a path: what is decided is what is forwarded",
    async (dots) => {
      app.origin.on("/p/up/", ({ say }) => say({ route: "/p/:slug/", body: "x" }));
      const socket = connect(app.port, "127.0.0.1");
      socket.write(`GET /p/x/${dots}/up/ HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
      const answer = await text(socket);
      const { url, intent } = app.origin.asked.at(-1) ?? {};
      expect(url).toBe("/p/up/");
      expect(intent?.mode).toBe("read"); // signed over the target that the origin saw
      expect(answer).toMatch(/x-mizan-edge: (MISS|HIT)/i);
    },
  );

  test("another spelling of the call endpoint or of a mutation's route is a mutation still", async () => {
    for (const path of ["/api/mizan/c%61ll/", "/hooks/n%65ws/"]) {
      app.origin.on(path, ({ sayJson }) => sayJson({}, { wrote: true }));
      await app.ask(NEWS);
      const body = '{"fn":"set_news"}';
      const headers = { "content-length": body.length };
      await app.ask(path, { method: "POST", headers, body });
      expect(app.origin.of(path).at(-1)?.intent?.mode, path).toBe("covered");
      expect(await app.mark(NEWS), path).toBe("MISS");
    }
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
});

describe("tokens", () => {
  const none = Buffer.from('{"alg":"none","kid":"m1"}').toString("base64url");
  const [, payload = ""] = mintToken({ sub: "anna" }).split(".");
  const forged: readonly (readonly [string, string])[] = [
    ["unsigned", `${none}.${payload}.`],
    ["of another algorithm", mintToken({ sub: "anna" }, { header: { alg: "HS384" } })],
    [
      "signed by nobody we know",
      mintToken({ sub: "anna" }, { key: { ...key("m1"), secret: "x" } }),
    ],
    [
      "signed with the cache's key",
      mintToken({ sub: "anna" }, { key: { ...key("m1"), secret: "cache-secret-1" } }),
    ],
    [
      "of a path as kid, signed with nothing",
      mintToken(
        { sub: "anna" },
        { key: { kid: "../../dev/null", state: "sign", secret: "\u0000" } },
      ),
    ],
    ["expired", mintToken({ sub: "anna", exp: Math.floor(Date.now() / 1000) - 60 })],
    ["not valid yet", mintToken({ sub: "anna", nbf: Math.floor(Date.now() / 1000) + 600 })],
    [
      "with critical extensions",
      mintToken({ sub: "anna" }, { header: { crit: ["b64"], b64: false } }),
    ],
    ["too long", mintToken({ sub: "anna", pad: "x".repeat(5000) })],
    ["no token at all", "garbage"],
    ["changed", `${mintToken({ sub: "anna" }).slice(0, -2)}xx`],
  ];

  function key(kid: string) {
    return { kid, state: "sign", secret: "" } as const;
  }

  test.each(forged)("%s: forwarded whole, never from the cache", async (_, token) => {
    await app.ask(NEWS, withToken(mintToken({ sub: "anna" })));
    app.origin.on(NEWS, ({ say }) => say({ status: 401, body: "no" }));
    const answer = await app.ask(NEWS, withToken(token));
    expect(answer.headers["x-mizan-edge"]).toBe("BYPASS; reason=token-invalid");
    expect(answer.status).toBe(401);
  });

  test("one that is signed with a key which only verifies is taken, whatever kid it names", async () => {
    app.origin.on(NEWS, ({ sayJson }) => sayJson({ news: { user: "dora" } }));
    const [, old] = SECRETS.mwt;
    if (old === undefined) throw new Error("no second key");
    await app.ask(NEWS, withToken(mintToken({ sub: "dora" }, { key: old })));
    const renamed = mintToken({ sub: "dora" }, { key: old, header: { kid: "m1" } });
    expect(await app.mark(NEWS, withToken(renamed))).toBe("HIT");
  });
});

describe("nobody switches the cache off for others", () => {
  test("a dummy cookie, an odd header or a throttled client changes nothing for the rest", async () => {
    const path = `${contextPath("item")}?item_id=shared`;
    app.origin.on(contextPath("item"), ({ asked, sayJson }) => {
      const isThrottled = asked.headers["cookie"]?.includes("throttle") ?? false;
      sayJson({ item: 1 }, isThrottled ? { status: 429 } : { headers: { vary: "X-Odd, Cookie" } });
    });
    await app.ask(path);
    for (let count = 0; count < 5; count += 1) {
      await app.ask(path, { headers: { cookie: `dummy${count}=1` } });
      await app.ask(path, { headers: { "x-odd": String(count) } });
      await app.ask(path, { headers: { cookie: "throttle=1" } });
      expect(await app.mark(path)).toBe("HIT");
    }
  });

  test("failing calls leave everything warm", async () => {
    app.origin.on(NEWS, ({ sayJson }) => sayJson({ news: { value: 7 } }));
    app.onCall(({ sayJson }) => sayJson({ error: { code: "UNAUTHORIZED" } }, { status: 401 }));
    await app.invalidate(["news"]);
    await app.ask(NEWS);
    for (let count = 0; count < 20; count += 1) {
      await app.call("set_news");
      await app.ask(CALL, { method: "POST", headers: { "content-length": 3 }, body: "{{{" });
      expect(await app.mark(NEWS)).toBe("HIT");
    }
    expect(readValue(await app.ask(NEWS))).toBe(7);
  });

  test("slow bodies and open uploads hold nothing of others", async () => {
    const before = app.origin.of(CALL).length;
    const headers = { "content-length": 200_000 };
    const slow = Array.from({ length: 30 }, () =>
      app.leave(CALL, { method: "POST", headers, body: "{" }),
    );
    const multipart = { "content-type": "multipart/form-data; boundary=x", "content-length": 10 };
    const uploads = Array.from({ length: 30 }, () =>
      app.leave(CALL, { method: "POST", headers: multipart, body: "-" }),
    );
    await app.ask(NEWS);
    expect(await app.mark(NEWS)).toBe("HIT");
    app.onCall(({ sayJson }) => sayJson({ result: 1 }, { wrote: true, invalidate: "news" }));
    expect((await app.call("set_news")).status).toBe(200);
    expect(await app.mark(NEWS)).toBe("MISS");
    for (const request of [...slow, ...uploads]) request.destroy();
    await waitFor("the call alone", async () => app.origin.of(CALL).length === before + 1);
  });
});
