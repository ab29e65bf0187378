/** Attack: headers and cookies that the key does not cover (edge-consistency 3.7). */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askRaw, buildHead, CLOSE } from "./ask-raw.ts";
import type { Answer } from "./edge-fixture.ts";
import { contextPath, HOST, MizanApp } from "./mizan-app.ts";
import type { Asked, Exchange } from "./scripted-origin.ts";

const app = new MizanApp();
beforeAll(() => app.start());
afterAll(() => app.end());

type Kind = "context" | "page";
const KINDS: readonly Kind[] = ["context", "page"];

/** Everything that reached the origin but what is signed anew for each question. */
function listHeaders({ headers }: Asked): unknown {
  const { "x-mizan-intent": _, ...rest } = headers;
  return rest;
}

/** The worst view there is: it answers with all that it was asked with. */
function echo({ asked, say }: Exchange): void {
  say({ route: "/p/:slug/", body: JSON.stringify([listHeaders(asked), asked.method]) });
}

let count = 0;
function place(kind: Kind): string {
  count += 1;
  const slug = `slug-${count}`;
  if (kind === "context") {
    app.origin.on(contextPath("page"), echo);
    return `${contextPath("page")}?slug=${slug}`;
  }
  app.origin.on(`/p/${slug}/`, echo);
  return `/p/${slug}/`;
}

/** What the echo says to a request that has nothing but its host. */
async function askBare(kind: Kind): Promise<string> {
  const [answer] = await askRaw(
    app.port,
    buildHead(`GET ${place(kind)} HTTP/1.1`, [`Host: ${HOST}`, CLOSE]),
  );
  return answer?.body ?? "none";
}

function expectSame(answer: Answer, mark: string, body: string): void {
  expect([answer.status, answer.headers["x-mizan-edge"], answer.body]).toEqual([200, mark, body]);
}

/** One for each way in which apps, servers and proxies are known to be swayed. */
const UNKEYED: readonly (readonly [string, string])[] = [
  ["X-Forwarded-Host", "evil.test"],
  ["X-Forwarded-Proto", "https"],
  ["X-Forwarded-Scheme", "nothttp"],
  ["X-Forwarded-Ssl", "on"],
  ["Front-End-Https", "on"],
  ["X-Url-Scheme", "https"],
  ["X-Forwarded-Port", "1"],
  ["X-Forwarded-Server", "evil.test"],
  ["X-Forwarded-Prefix", "/evil"],
  ["X-Forwarded-Path", "/evil"],
  ["X-Script-Name", "/evil"],
  ["X-Forwarded-For", "10.0.0.1"],
  ["X-Forwarded-User", "admin"],
  ["Forwarded", 'for=10.0.0.1;host="evil.test";proto=https'],
  ["X-Real-IP", "10.0.0.1"],
  ["X-Client-IP", "10.0.0.1"],
  ["True-Client-IP", "10.0.0.1"],
  ["CF-Connecting-IP", "10.0.0.1"],
  ["X-Cluster-Client-IP", "10.0.0.1"],
  ["X-Host", "evil.test"],
  ["X-Original-Host", "evil.test"],
  ["X-HTTP-Host-Override", "evil.test"],
  ["X-Original-URL", "/admin/"],
  ["X-Rewrite-URL", "/admin/"],
  ["X-HTTP-Method-Override", "POST"],
  ["X-HTTP-Method", "DELETE"],
  ["X-Method-Override", "PUT"],
  ["Remote-User", "admin"],
  ["X-Remote-User", "admin"],
  ["X-Auth-User", "admin"],
  ["Accept", "application/xml"],
  ["Accept-Encoding", "gzip, br"],
  ["Accept-Charset", "utf-7"],
  ["Accept-Language", "xx"],
  ["Range", "bytes=0-0"],
  ["If-Range", '"x"'],
  ["If-Match", '"x"'],
  ["If-None-Match", "*"],
  ["If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"],
  ["If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"],
  ["Cache-Control", "no-cache, no-store, max-age=0"],
  ["Pragma", "no-cache"],
  ["Prefer", "return=minimal"],
  ["Save-Data", "on"],
  ["DNT", "1"],
  ["Sec-GPC", "1"],
  ["Sec-CH-UA-Mobile", "?1"],
  ["Sec-Fetch-Mode", "navigate"],
  ["Purpose", "prefetch"],
  ["User-Agent", "<script>"],
  ["Referer", "http://evil.test/"],
  ["Via", "1.1 evil"],
  ["CDN-Loop", "mizan"],
  ["Max-Forwards", "0"],
  ["Content-Type", "application/x-www-form-urlencoded"],
  ["X-Requested-With", "XMLHttpRequest"],
  ["X-CSRFToken", "evil"],
  ["HX-Request", "true"],
  ["Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
  ["X-Mizan-Intent", "v=1;m=covered;i=1;d=1;k=e1;s=x"],
  ["X-Mizan-Wrote", "w=0"],
  ["X-Mizan-Invalidate", "news"],
  ["X-Mizan-Edge", "HIT"],
  ["X-Mizan-User", "1"],
  ["X_Forwarded_Host", "evil.test"],
  ["X_Mizan_Token", "evil"],
  ["Cookie", "theme=evil"],
  ["Cookie", "theme"],
  ["Cookie", "=; ;; csrftoken=x; a=1; a=2"],
];

describe("unkeyed headers and cookies", () => {
  const bare = new Map<Kind, string>();
  beforeAll(async () => {
    for (const kind of KINDS) bare.set(kind, await askBare(kind));
  });

  test.each(UNKEYED)(
    "%s: %s changes neither question, nor key, nor answer",
    async (name, value) => {
      for (const kind of KINDS) {
        const path = place(kind);
        const clean = bare.get(kind) ?? "";
        const poison = { headers: { [name]: value } };
        expectSame(await app.ask(path, poison), "MISS", clean);
        expectSame(await app.ask(path), "HIT", clean);
        expectSame(await app.ask(path, poison), "HIT", clean);
      }
    },
  );

  test("the host's own Origin is no other question", async () => {
    const path = place("context");
    const own = { headers: { origin: `http://${HOST}` } };
    expectSame(await app.ask(path, own), "MISS", bare.get("context") ?? "");
    expectSame(await app.ask(path), "HIT", bare.get("context") ?? "");
  });

  test("the same header twice, with odd case and spaces, is no other question", async () => {
    const path = place("context");
    const fields = ["X-FORWARDED-HOST: evil.test", "x-forwarded-host:\tevil.test", "Accept:", ":"];
    const [refused] = await askRaw(
      app.port,
      buildHead(`GET ${path} HTTP/1.1`, [`Host: ${HOST}`, ...fields, CLOSE]),
    );
    expect(refused?.status).toBe(400); // a field without a name
    const head = buildHead(`GET ${path} HTTP/1.1`, [
      `Host: ${HOST}`,
      ...fields.slice(0, 3),
      "Expect: 100-continue",
      CLOSE,
    ]);
    const answers = await askRaw(app.port, head);
    expect(answers.at(-1)).toMatchObject({ status: 200, body: bare.get("context") });
    expectSame(await app.ask(path), "HIT", bare.get("context") ?? "");
  });

  test("the order of cookies that nobody reads is no other question", async () => {
    const path = place("page");
    expect(await app.mark(path, { headers: { cookie: "a=1; b=2" } })).toBe("MISS");
    expect(await app.mark(path, { headers: { cookie: "b=2; a=1" } })).toBe("HIT");
  });
});

describe("a view that depends on what is not keyed", () => {
  test("Vary: whoever has the header is answered for himself, nobody else is", async () => {
    const path = `${contextPath("item")}?item_id=vary`;
    app.origin.on(contextPath("item"), ({ asked, sayJson }) =>
      sayJson({ item: asked.headers["x-tenant"] ?? "none" }, { headers: { vary: "X-Tenant" } }),
    );
    for (const tenant of ["a", "b"]) {
      const own = await app.ask(path, { headers: { "x-tenant": tenant } });
      expect(own.body).toBe(`{"item":"${tenant}"}`);
      expect(own.headers["x-mizan-edge"]).toBe("BYPASS; reason=vary");
    }
    expect((await app.ask(path)).body).toBe('{"item":"none"}');
    expect(await app.mark(path)).toBe("HIT");
  });

  test("a cookie that the view answers with Set-Cookie: nobody gets another's", async () => {
    app.origin.on("/p/cart/", ({ asked, say }) => {
      const cart = /cart=(\w+)/.exec(asked.headers["cookie"] ?? "")?.[1] ?? "new";
      say({ route: "/p/:slug/", body: cart, headers: { "set-cookie": `cart=${cart}` } });
    });
    for (const cart of ["anna", "bert"]) {
      for (let time = 0; time < 2; time += 1) {
        const answer = await app.ask("/p/cart/", { headers: { cookie: `cart=${cart}` } });
        expect([answer.body, answer.headers["set-cookie"]]).toEqual([cart, [`cart=${cart}`]]);
        expect(answer.headers["x-mizan-edge"]).toBe("BYPASS; reason=needs-cookies");
      }
      expect(await app.mark("/p/cart/")).toBe("MISS; stored=0; reason=set-cookie");
    }
  });

  test("a client's address: each has a pseudonym of his own, and cannot choose it", async () => {
    const seen = new Set<string>();
    const path = contextPath("item");
    app.origin.on(path, ({ sayJson }) => sayJson({ item: 1 }, { status: 404 })); // asked each time
    for (const claimed of ["10.0.0.1", "10.0.0.2"]) {
      const headers = { "x-forwarded-for": claimed, "x-real-ip": claimed, forwarded: claimed };
      await app.ask(`${path}?item_id=address`, { headers });
      const asked = app.origin.of(path).at(-1)?.headers ?? {};
      expect(asked["x-forwarded-for"]).toMatch(/^2001:db8:/);
      expect(asked["x-real-ip"]).toBe(asked["x-forwarded-for"]);
      seen.add(asked["x-forwarded-for"] ?? "");
    }
    expect(seen.size).toBe(1);
  });
});
