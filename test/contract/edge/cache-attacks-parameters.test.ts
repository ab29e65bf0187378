/** Attacks: parameter pollution, fat GET, HEAD poisoning, method override (edge-consistency 3.1, 3.7). */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askRaw, buildHead, CLOSE } from "./ask-raw.ts";
import { contextPath, HOST, MizanApp, mintToken } from "./mizan-app.ts";

const app = new MizanApp();
const ITEM = contextPath("item");
beforeAll(() => app.start());
afterAll(() => app.end());

/** The app reads what it was asked with: an answer that was kept for another question shows. */
beforeEach(() => {
  app.origin.on(ITEM, ({ asked, sayJson }) =>
    sayJson({ url: asked.url, body: String(asked.body) }),
  );
});

let count = 0;
function nextValue(): string {
  count += 1;
  return `value-${count}`;
}

describe("parameter pollution", () => {
  test.each([
    "item_id=V&item_id=evil",
    "item_id=evil&item_id=V",
    "item_id=V&item%5Fid=evil",
    "item_id=V&%69tem_id=evil",
    "item_id=V&item_id",
    "item_id[]=V",
    "item_id=V&item_id[]=evil",
    "item_id=V&Item_ID=evil",
    "item_id=V&item_id%00=evil",
    "item_id=V& item_id=evil",
    "item_id=V&item_id =evil",
    "item_id=V&item-id=evil",
    "item_id=V&utm_source=evil",
    "item_id=V&_method=POST",
    "item_id=V&callback=evil",
    "item_id=V&=evil",
    "item_id=V;item_id=evil",
    "item_id=V%26item_id=evil;x",
    "item_id=%ff",
    "item_id=%C0%AF",
    "item_id=%ED%A0%80",
    "item_id=%",
    "item_id=%zz",
  ])("?%s passes the cache as it came, and changes no entry", async (pattern) => {
    const value = nextValue();
    const query = pattern.replaceAll("V", value);
    const clean = `${ITEM}?item_id=${value}`;
    const own = await app.ask(clean);
    const head = buildHead(`GET ${ITEM}?${query.replaceAll(" ", "+")} HTTP/1.1`, [
      `Host: ${HOST}`,
      CLOSE,
    ]);
    for (let time = 0; time < 2; time += 1) {
      const [polluted] = await askRaw(app.port, head);
      expect(polluted?.headers["x-mizan-edge"]).toBe("BYPASS; reason=parameter");
    }
    expect(await app.ask(clean)).toMatchObject({
      body: own.body,
      headers: { "x-mizan-edge": "HIT" },
    });
  });

  test("a query longer than gunicorn reads passes the cache", async () => {
    const mark = await app.mark(`${ITEM}?item_id=${"x".repeat(2100)}`);
    expect(mark).toBe("BYPASS; reason=parameter");
  });

  test.each([
    ["item_id=a%20b", "item_id=a+b"],
    ["item_id=%61", "item_id=a"],
    ["item_id=%c3%a9", "item_id=%C3%A9"],
    ["item_id='", "item_id=%27"],
    ["&item_id=1&&", "item_id=1"],
    ["item_id", "item_id="],
  ])("?%s and ?%s are one question, asked in one spelling", async (one, other) => {
    await app.invalidate("*");
    const first = await app.ask(`${ITEM}?${one}`);
    const second = await app.ask(`${ITEM}?${other}`);
    expect(second.headers["x-mizan-edge"]).toBe("HIT");
    expect(second.body).toBe(first.body);
    const values = [one, other].map((query) => new URLSearchParams(query).get("item_id"));
    expect(new Set([...values, app.origin.of(ITEM).at(-1)?.query.get("item_id")]).size).toBe(1);
  });

  test("values that look alike are kept apart", async () => {
    await app.invalidate("*");
    const values = [
      "%C3%A9", // é as one character
      "e%CC%81", // and as two
      "a",
      "A",
      "%EF%BD%81", // full-width
      "a%20",
      "%20a",
      "a%00",
      "1",
      "01",
      "+1".replace("+", "%2B"),
      "1.0",
      "true",
      "null",
      "%25",
      "%2525",
      "%22",
      "%5C%22",
      "a%22,%22item_id%22:%22b",
      "a%0Ab",
      "%E2%80%AE",
    ];
    const paths = [ITEM, ...values.map((value) => `${ITEM}?item_id=${value}`)];
    for (const mark of ["MISS", "HIT"]) {
      for (const path of paths) {
        const answer = await app.ask(path);
        expect(answer.headers["x-mizan-edge"], path).toBe(mark);
        const { url } = JSON.parse(answer.body);
        expect(decodeURIComponent(url), path).toBe(decodeURIComponent(path));
      }
    }
  });

  test("a parameter that the path binds may not come in the query as well", async () => {
    app.origin.on("/p/one/", ({ asked, say }) => say({ route: "/p/:slug/", body: asked.url }));
    expect(await app.mark("/p/one/")).toBe("MISS");
    expect(await app.mark("/p/one/?slug=two")).toBe("BYPASS; reason=parameter");
    expect((await app.ask("/p/one/")).body).toBe("/p/one/");
  });
});

describe("fat GET", () => {
  test.each([
    ["of a known length", (body: string) => [`Content-Length: ${body.length}`]],
    ["in chunks", () => ["Transfer-Encoding: chunked"]],
    [
      "as a form",
      (body: string) => [
        `Content-Length: ${body.length}`,
        "Content-Type: application/x-www-form-urlencoded",
        "X-HTTP-Method-Override: POST",
      ],
    ],
  ])("a body %s reaches no origin, and the next client gets the plain answer", async (_, list) => {
    const path = `${ITEM}?item_id=${nextValue()}`;
    const content = "item_id=evil&_method=POST";
    const fields = list(content);
    const isChunked = fields.some((field) => field.includes("chunked"));
    const body = isChunked ? `${content.length.toString(16)}\r\n${content}\r\n0\r\n\r\n` : content;
    const head = buildHead(`GET ${path} HTTP/1.1`, [`Host: ${HOST}`, ...fields, CLOSE]);
    const [answer] = await askRaw(app.port, `${head}${body}`);
    expect(answer?.headers["x-mizan-edge"]).toBe("MISS");
    expect(JSON.parse(answer?.body ?? "")).toEqual({ url: path, body: "" });
    expect(await app.ask(path)).toMatchObject({
      body: answer?.body,
      headers: { "x-mizan-edge": "HIT" },
    });
  });
});

describe("HEAD poisoning", () => {
  test("what a HEAD was answered is kept for nobody, not for one that waits either", async () => {
    const path = `${ITEM}?item_id=${nextValue()}`;
    app.origin.on(ITEM, ({ asked, sayJson }) => {
      setTimeout(() => sayJson({ method: asked.method }), 100);
    });
    const [head, get] = await Promise.all([app.ask(path, { method: "HEAD" }), app.ask(path)]);
    expect(head.body).toBe("");
    expect(get.body).toBe('{"method":"GET"}');
    expect((await app.ask(path)).body).toBe('{"method":"GET"}');
  });

  test("an app that answers a HEAD otherwise changes no entry", async () => {
    const path = `${ITEM}?item_id=${nextValue()}`;
    app.origin.on(ITEM, ({ asked, sayJson }) =>
      asked.method === "HEAD" ? sayJson({}, { headers: { "x-evil": "1" } }) : sayJson({ item: 1 }),
    );
    await app.ask(path, { method: "HEAD" });
    const get = await app.ask(path);
    expect([get.body, get.headers["x-evil"]]).toEqual(['{"item":1}', undefined]);
  });
});

describe("method override", () => {
  test.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE", "PROPFIND"])(
    "%s of a context passes the cache, and its answer is kept for nobody",
    async (method) => {
      const path = `${ITEM}?item_id=${nextValue()}`;
      const fields = [`Host: ${HOST}`, "X-HTTP-Method-Override: GET", "Content-Length: 0", CLOSE];
      app.origin.on(ITEM, ({ asked, sayJson }) => sayJson({ method: asked.method }));
      const [answer] = await askRaw(app.port, buildHead(`${method} ${path} HTTP/1.1`, fields));
      expect(answer?.headers["x-mizan-edge"]).toBe("BYPASS; reason=method");
      expect(answer?.body).toBe(`{"method":"${method}"}`);
      expect((await app.ask(path)).body).toBe('{"method":"GET"}');
      await askRaw(app.port, buildHead(`${method} ${path} HTTP/1.1`, fields));
      expect(await app.mark(path)).toBe("HIT");
    },
  );

  test.each(["get", "Get", "GETT", "G\tET", "\x00GET"])(
    "%j is no method: refused",
    async (method) => {
      const before = app.origin.asked.length;
      const head = buildHead(`${method} ${ITEM} HTTP/1.1`, [`Host: ${HOST}`, CLOSE]);
      const [answer] = await askRaw(app.port, head);
      expect([400, 501]).toContain(answer?.status);
      expect(app.origin.asked).toHaveLength(before);
    },
  );

  test("a GET of the call endpoint, or of a mutation's route, is kept for nobody", async () => {
    for (const path of ["/api/mizan/call/?fn=set_news", "/hooks/news/"]) {
      app.origin.on(path.replace(/\?.*/, ""), ({ asked, sayJson }) =>
        sayJson({ token: asked.headers["x-mizan-token"] ?? null }),
      );
      const token = mintToken({ sub: "anna" });
      const own = await app.ask(path, { headers: { "x-mizan-token": token } });
      expect(own.body).toContain(token);
      const answer = await app.ask(path);
      expect(answer.body).toBe('{"token":null}');
      expect(answer.headers["x-mizan-edge"]).toBe("BYPASS; reason=no-rule");
    }
  });
});
