/** Attack: host confusion (edge-consistency 3.1, 3.3). */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askRaw, buildHead, CLOSE } from "./ask-raw.ts";
import { contextPath, HOST, MizanApp } from "./mizan-app.ts";

const app = new MizanApp();
const NEWS = contextPath("news");
const BARE = "shop.test";
const IPV6 = "[::1]:8000";
const PUNYCODE = "xn--tpferei-90a.test:8000";

beforeAll(() =>
  app.start({ hosts: [HOST, "other.test:8000", BARE, `${BARE}:80`, IPV6, PUNYCODE] }),
);
afterAll(() => app.end());

/** Links and redirects are made of these two: the answer names whom it was made for. */
beforeEach(() => {
  app.origin.on(NEWS, ({ asked: { headers }, sayJson }) =>
    sayJson({ news: { host: headers["host"], forwarded: headers["x-forwarded-host"] } }),
  );
});

async function askHost(...fields: readonly string[]) {
  const answers = await askRaw(app.port, buildHead(`GET ${NEWS} HTTP/1.1`, [...fields, CLOSE]));
  const [answer] = answers;
  if (answer === undefined || answers.length > 1) throw new Error("not one answer");
  return answer;
}

async function expectOwn(host: string): Promise<void> {
  const { body, headers } = await app.ask(NEWS, { headers: { host } });
  expect(headers["x-mizan-edge"]).toBe("HIT");
  expect(JSON.parse(body).news.forwarded).toBe(host);
}

describe("host confusion", () => {
  test("each host of the environment has entries of its own, a default port written out too", async () => {
    for (const host of [HOST, "other.test:8000", BARE, `${BARE}:80`, IPV6, PUNYCODE]) {
      const { body, headers } = await app.ask(NEWS, { headers: { host } });
      expect(headers["x-mizan-edge"], host).toBe("MISS");
      expect(JSON.parse(body).news.forwarded).toBe(host);
      await expectOwn(host);
    }
    for (const host of [HOST, BARE, `${BARE}:80`]) await expectOwn(host);
  });

  test.each([
    "evil.test",
    "evil.test:8000",
    "SHOP.test:8000",
    "shop.test.:8000",
    "shop.test:8001",
    "shop.test:08000",
    "shop.test:443",
    "www.shop.test:8000",
    "shop.test.evil.test:8000",
    "shop_test:8000",
    "[0:0:0:0:0:0:0:1]:8000",
    "127.0.0.1",
    "127.1:8000",
    "2130706433:8000",
    "0x7f000001:8000",
    "localhost",
    "_mizan",
  ])("%s is not ours: it passes the cache, and no entry of ours changes", async (host) => {
    await app.ask(NEWS);
    for (let time = 0; time < 2; time += 1) {
      const { headers } = await askHost(`Host: ${host}`);
      expect(headers["x-mizan-edge"]).toBe("BYPASS; reason=host");
      expect(app.origin.asked.at(-1)?.headers["x-forwarded-host"]).toBe(host);
    }
    await expectOwn(HOST);
  });

  test.each([
    ["none", []],
    ["empty", ["Host:"]],
    ["two", [`Host: ${HOST}`, "Host: evil.test"]],
    ["the same twice", [`Host: ${HOST}`, `Host: ${HOST}`]],
    ["a list", [`Host: ${HOST}, evil.test`]],
    ["folded", [`Host: ${HOST}`, "\tevil.test"]],
    ["a space before its colon", [`Host : ${HOST}`]],
    ["a user in it", [`Host: shop.test:8000@evil.test`]],
    ["a path in it", [`Host: ${HOST}/api/mizan/ctx/item/?x=`]],
    ["a query in it", [`Host: ${HOST}?`]],
    ["a fragment in it", [`Host: ${HOST}#`]],
    ["a backslash in it", [`Host: ${HOST}\\evil.test`]],
    ["a port that is none", ["Host: shop.test:8000x"]],
    ["a port that is empty", ["Host: shop.test:"]],
    ["a port that is a path", ["Host: shop.test:80/80"]],
    ["an escape in it", ["Host: shop%2etest:8000"]],
    ["the letters that punycode stands for", ["Host: t\xc3\xb6pferei.test:8000"]],
    ["full-width letters", ["Host: \xef\xbd\x93hop.test:8000"]],
    ["a NUL in it", ["Host: shop.test\x00:8000"]],
    ["a zone in it", ["Host: [::1%25lo]:8000"]],
  ] as const)(
    "a Host header that is no host (%s): 400, and no origin is asked",
    async (_, fields) => {
      await app.ask(NEWS);
      const before = app.origin.asked.length;
      const { status, body } = await askHost(...fields);
      expect(status).toBe(400);
      expect(body).not.toContain("news");
      expect(app.origin.asked).toHaveLength(before);
      await expectOwn(HOST);
    },
  );

  test.each([
    `http://evil.test${NEWS}`,
    `https://other.test:1${NEWS}`,
    `http://a:b@evil.test${NEWS}`,
  ])("a whole URL as target (%s): the Host header alone names the host", async (target) => {
    await app.ask(NEWS);
    const head = buildHead(`GET ${target} HTTP/1.1`, [`Host: ${HOST}`, CLOSE]);
    const [own] = await askRaw(app.port, head);
    expect(own).toMatchObject({ status: 200, headers: { "x-mizan-edge": "HIT" } });
    expect(own?.body).not.toContain("evil");
    const foreign = buildHead(`GET http://${HOST}${NEWS} HTTP/1.1`, ["Host: evil.test", CLOSE]);
    const [other] = await askRaw(app.port, foreign);
    expect(other?.headers["x-mizan-edge"]).toBe("BYPASS; reason=host");
    await expectOwn(HOST);
  });

  test("a target that begins with another host's name is a path of ours", async () => {
    const head = buildHead(`GET //evil.test${NEWS} HTTP/1.1`, [`Host: ${HOST}`, CLOSE]);
    const [answer] = await askRaw(app.port, head);
    expect(answer?.headers["x-mizan-edge"]).toBe("BYPASS; reason=no-rule");
    expect(app.origin.asked.at(-1)).toMatchObject({ url: `//evil.test${NEWS}` });
    expect(app.origin.asked.at(-1)?.headers["x-forwarded-host"]).toBe(HOST);
  });

  test("two hosts on one connection: each request is answered for its own", async () => {
    const both = [HOST, "other.test:8000"];
    const heads = both.map((host, index) =>
      buildHead(`GET ${NEWS} HTTP/1.1`, [`Host: ${host}`, ...(index === 1 ? [CLOSE] : [])]),
    );
    const answers = await askRaw(app.port, heads.join(""));
    expect(answers.map(({ body }) => JSON.parse(body).news.forwarded)).toEqual(both);
  });

  test("a mutation on one host is seen on every host", async () => {
    for (const host of [HOST, BARE]) await app.ask(NEWS, { headers: { host } });
    app.onCall(({ sayJson }) => sayJson({ result: 1 }, { wrote: true, invalidate: "news" }));
    await app.call("set_news", {}, { host: "evil.test" });
    for (const host of [HOST, BARE]) {
      expect(await app.mark(NEWS, { headers: { host } }), host).toBe("MISS");
    }
  });
});
