/**
 * Whose answer is whose (design D7.1; edge-consistency 3), and what strangers do to others' hits. The
 * attacks by name are in the files beside this one: `cache-attacks-<what is attacked>.test.ts`.
 */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "../../helpers/wait-for.ts";
import type { Answer } from "./edge-fixture.ts";
import { CALL, contextPath, HOST, MizanApp, mintToken, readValue } from "./mizan-app.ts";

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
