/** Attacks: forged intents and signatures, replayed invalidations (edge-consistency 8, 10). */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EdgeKey } from "../../../edge/cache/contract.ts";
import { type Answer, ask } from "./edge-fixture.ts";
import { CALL, contextPath, HOST, MizanApp, mintToken, SECRETS } from "./mizan-app.ts";
import { type Exchange, mac } from "./scripted-origin.ts";

const app = new MizanApp();
const NEWS = contextPath("news");
const ITEM = `${contextPath("item")}?item_id=1`;
const [signing] = SECRETS.edge as readonly [EdgeKey, EdgeKey]; // see mizan-app.ts
beforeAll(() => app.start());
afterAll(() => app.end());

async function warm(): Promise<void> {
  for (const path of [NEWS, ITEM]) {
    await app.ask(path);
    expect(await app.mark(path)).toBe("HIT");
  }
}

describe("forged intents", () => {
  test.each([
    ["a guess", "v=1;m=covered;i=1;d=1;k=e1;s=x"],
    ["one that is right for another request", null],
  ])("%s from outside never reaches an app", async (_, forged) => {
    app.origin.on("/plain/", ({ say }) => say({}));
    await app.ask("/plain/");
    const seen = app.origin.asked.at(-1)?.headers["x-mizan-intent"] ?? "";
    const value = forged ?? seen;
    const names = ["x-mizan-intent", "X-MIZAN-INTENT", "x_mizan_intent", "x-mizan_intent"];
    for (const name of names) {
      for (const path of ["/plain/", ITEM, `${NEWS}?odd=1`]) {
        await app.ask(path, { headers: { [name]: value } });
        const { headers, intent } = app.origin.asked.at(-1) ?? { headers: {} };
        expect(intent?.mode).toBe("read");
        expect(Object.values(headers)).not.toContain(value);
      }
    }
  });

  test("the Edge's own signature over a question signs no message", async () => {
    await warm();
    app.origin.on("/plain/", ({ say }) => say({}));
    await app.ask("/plain/");
    const { headers = {}, method, url } = app.origin.asked.at(-1) ?? {};
    const [fields = "", kid = "", signature = ""] =
      headers["x-mizan-intent"]?.split(/;k=|;s=/) ?? [];
    const signed = [method, url, ...fields.split(";")].join("\n");
    // The right MAC, over a text that is no message.
    expect((await app.sendInvalidation(signed, signature, kid)).status).toBe(400);
    expect(await app.mark(NEWS)).toBe("HIT");
  });
});

/** `X-Mizan-Wrote` by hand: what is signed and what is said may differ. */
interface Claimed {
  readonly status?: number;
  readonly fields?: readonly string[];
  readonly key?: EdgeKey;
  readonly invalidate?: string;
}

function signWrote({ asked }: Exchange, claimed: Claimed = {}): string {
  const id = asked.intent?.id ?? "";
  const { status = 500, fields = ["w=0", "session=0", "r=", `i=${id}`], key = signing } = claimed;
  const lines = [status, ...fields, claimed.invalidate ?? ""].join("\n");
  return [...fields, `k=${key.kid}`, `s=${mac(key, lines)}`].join(";");
}

describe("forged reports of what was written", () => {
  /** A mutation that failed: only a report that holds says that nothing was written. */
  async function failWith(build: (exchange: Exchange) => string | string[] | null): Promise<void> {
    await warm();
    app.onCall((exchange) => {
      const wrote = build(exchange);
      const headers = wrote === null ? {} : { "x-mizan-wrote": wrote };
      exchange.say({ status: 500, wrote: null, headers, body: "{}" });
    });
    const { status, headers } = await app.call("set_news");
    expect(status).toBe(500);
    expect(headers).not.toHaveProperty("x-mizan-wrote");
  }

  test("one that holds: nothing was written, everything stays warm", async () => {
    await failWith((exchange) => signWrote(exchange));
    expect(await app.mark(NEWS)).toBe("HIT");
  });

  let replayed = "";
  const foreign: EdgeKey = { kid: "e1", state: "sign", secret: "edge-secret-2" };
  const forged: readonly (readonly [string, (exchange: Exchange) => string | string[] | null])[] = [
    ["none", () => null],
    ["an unsigned one", () => "w=0"],
    ["one signed with another key", (exchange) => signWrote(exchange, { key: foreign })],
    ["one of an unknown kid", (exchange) => signWrote(exchange).replace("k=e1", "k=e7")],
    ["one whose MAC is cut", (exchange) => signWrote(exchange).slice(0, -1)],
    ["one whose MAC is longer", (exchange) => `${signWrote(exchange)}A`],
    ["one whose MAC is padded", (exchange) => `${signWrote(exchange)}=`],
    ["one without its MAC", (exchange) => signWrote(exchange).replace(/s=.*/, "s=")],
    [
      "one changed after signing",
      (exchange) => signWrote(exchange).replace("session=0", "session=1"),
    ],
    ["one of another status", (exchange) => signWrote(exchange, { status: 200 })],
    ["one of another answer's targets", (exchange) => signWrote(exchange, { invalidate: "item" })],
    ["a replay of an earlier one", () => replayed],
    ["two", (exchange) => [signWrote(exchange), signWrote(exchange)]],
    ["two in one", (exchange) => `${signWrote(exchange)}, ${signWrote(exchange)}`],
    ["one of another question", (exchange) => signWrote(exchange, { fields: ["w=0", "i=7"] })],
    ["one that says it twice", (exchange) => signTwice(exchange, ["w=1", "w=0"])],
    ["one that says it twice, the other way", (exchange) => signTwice(exchange, ["w=0", "w=1"])],
    ["one that is neither", (exchange) => signTwice(exchange, ["w=no"])],
  ];

  function signTwice(exchange: Exchange, said: readonly string[]): string {
    return signWrote(exchange, { fields: [...said, `i=${exchange.asked.intent?.id}`] });
  }

  test.each(forged)(
    "%s: as if absent, so that a failed mutation may have written",
    async (_, build) => {
      await failWith((exchange) => {
        replayed = signWrote(exchange);
        return replayed;
      });
      await failWith(build);
      expect(await app.mark(NEWS)).toBe("MISS");
      expect(await app.mark(ITEM)).toBe("HIT");
    },
  );

  test("what a client sends as a report is none, though the app sends all back that it gets", async () => {
    await warm();
    app.onCall(({ asked, say }) => {
      const returned = Object.entries(asked.headers).filter(([name]) =>
        name.startsWith("x-mizan-w"),
      );
      say({ status: 500, wrote: null, headers: Object.fromEntries(returned), body: "{}" });
    });
    await app.call("set_news", {}, { "x-mizan-wrote": "w=0;i=1;k=e1;s=x", x_mizan_wrote: "w=0" });
    expect(await app.mark(NEWS)).toBe("MISS");
  });

  test("a report with a forged pattern makes no page storable, one with a forged session hides none", async () => {
    app.origin.on("/p/forged/", (exchange) => {
      const fields = ["w=0", "session=0", "r=%2Fp%2F%3Aslug%2F", `i=${exchange.asked.intent?.id}`];
      const wrote = signWrote(exchange, { status: 200, fields, key: foreign });
      exchange.say({ wrote: null, headers: { "x-mizan-wrote": wrote }, body: "x" });
    });
    expect(await app.mark("/p/forged/")).toBe("MISS; stored=0; reason=no-rule");
    const own = { "x-mizan-token": mintToken({ sub: "anna" }), cookie: "sessionid=1" };
    expect(await app.mark("/p/forged/", { headers: own })).toBe("BYPASS; reason=needs-cookies");
  });
});

describe("replayed and forged invalidations", () => {
  const build = (fields = {}) =>
    JSON.stringify({ id: randomUUID(), sentAtMs: Date.now(), targets: ["news"], ...fields });

  async function expectRefused(sent: Promise<Answer>, status: number): Promise<void> {
    expect((await sent).status).toBe(status);
    expect(await app.mark(NEWS)).toBe("HIT");
  }

  beforeEach(() => warm());

  test("the same message again, at once or by another host: 200, and nothing changes", async () => {
    const body = build();
    await app.sendInvalidation(body, mac(signing, body));
    await warm();
    for (let time = 0; time < 5; time += 1) {
      await expectRefused(app.sendInvalidation(body, mac(signing, body)), 200);
    }
    const headers = {
      host: "other.test:8000",
      "content-length": body.length,
      "x-mizan-signature": `k=e1;s=${mac(signing, body)}`,
    };
    const options = { method: "POST", headers, body };
    await expectRefused(ask(app.port, "/_mizan/invalidate", options), 200);
  });

  test("the same id with other targets, signed anew: a repeat, whatever it says", async () => {
    const id = randomUUID();
    await app.invalidate(["item"], { id });
    await warm();
    await expectRefused(app.invalidate("*", { id }), 200);
  });

  test.each([
    ["an hour old", -3_600_000],
    ["a minute old", -60_000],
    ["a minute ahead", 60_000],
    ["a day ahead", 86_400_000],
  ])("%s, well signed: 401", async (_, differenceMs) => {
    await expectRefused(app.invalidate(["news"], { sentAtMs: Date.now() + differenceMs }), 401);
  });

  test.each([
    ["a time that is a text", { sentAtMs: String(Date.now()) }],
    ["a time that is a fraction", { sentAtMs: Date.now() + 0.5 }],
    ["a time that is endless", { sentAtMs: null }],
    ["no id", { id: undefined }],
    ["an id that is a number", { id: 7 }],
    ["an id with a line in it", { id: "a\nb" }],
    ["an endless id", { id: "x".repeat(129) }],
    ["a target that is a number", { targets: [1] }],
    ["targets that are a text", { targets: "news" }],
    ["targets that are an object", { targets: { context: "news" } }],
  ])("%s, well signed: 400", async (_, fields) => {
    const body = build(fields);
    await expectRefused(app.sendInvalidation(body, mac(signing, body)), 400);
  });

  const body = build();
  const right = mac(signing, body);
  const hex = Buffer.from(right, "base64url").toString("hex");
  test.each([
    ["none", ""],
    ["a MAC alone", right],
    ["no kid", `s=${right}`],
    ["the other order", `s=${right};k=e1`],
    ["a cut MAC", `k=e1;s=${right.slice(0, -1)}`],
    ["a MAC of half its bytes", `k=e1;s=${right.slice(0, 22)}`],
    ["a longer MAC", `k=e1;s=${right}A`],
    ["a padded MAC", `k=e1;s=${right}=`],
    ["a MAC in hex", `k=e1;s=${hex}`],
    ["a field more", `w=0;k=e1;s=${right}`],
    ["a field behind", `k=e1;s=${right};w=0`],
    ["two kids", `k=e0;k=e1;s=${right}`],
    ["two signatures", `k=e1;s=${right}, k=e1;s=${right}`],
    ["another live kid", `k=e0;s=${right}`],
    ["an unknown kid", `k=e9;s=${right}`],
    ["no such property", `k=__proto__;s=${right}`],
    ["a key of the token ring", `k=m1;s=${mac({ ...signing, secret: "mwt-secret-1" }, body)}`],
    ["a key of the cache ring", `k=c1;s=${mac({ ...signing, secret: "cache-secret-1" }, body)}`],
    ["an empty key", `k=e1;s=${mac({ ...signing, secret: "\u0000" }, body)}`],
  ])("signed by %s: 401", async (_, signature) => {
    const headers = { "content-length": body.length, "x-mizan-signature": signature };
    await expectRefused(app.ask("/_mizan/invalidate", { method: "POST", headers, body }), 401);
  });

  test.each(["/_mizan/invalidate?", "/_mizan/invalidate#x"])(
    "changed on its way, by a byte or a space: 401 (%s)",
    async (path) => {
      const fresh = build();
      for (const changed of [`${fresh} `, ` ${fresh}`, fresh.replace("news", "item"), "{}"]) {
        const headers = {
          "content-length": changed.length,
          "x-mizan-signature": `k=e1;s=${mac(signing, fresh)}`,
        };
        await expectRefused(app.ask(path, { method: "POST", headers, body: changed }), 401);
      }
    },
  );

  test("by another method, or another path: closed", async () => {
    const fresh = build();
    const headers = {
      "content-length": fresh.length,
      "x-mizan-signature": `k=e1;s=${mac(signing, fresh)}`,
      "x-http-method-override": "POST",
    };
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      await expectRefused(app.ask("/_mizan/invalidate", { method, headers, body: fresh }), 405);
    }
    for (const path of ["/_mizan/invalidate/", "/_mizan/INVALIDATE", "//_mizan/invalidate"]) {
      const closed = app.ask(path, { method: "POST", headers, body: fresh });
      expect((await closed).headers["x-mizan-edge"]).not.toBe("HIT");
      expect(await app.mark(NEWS)).toBe("HIT");
    }
  });

  test("X-Mizan-Invalidate from a browser bumps nothing", async () => {
    const headers = { "x-mizan-invalidate": "news", x_mizan_invalidate: "news" };
    app.onCall(({ sayJson }) => sayJson({ result: 1 }));
    for (const path of [NEWS, ITEM, "/plain/", CALL]) await app.ask(path, { headers });
    await app.call("unknown", {}, headers);
    expect(await app.mark(NEWS)).toBe("HIT");
    expect(app.origin.asked.at(-1)?.headers["host"]).toBe(HOST);
  });
});
