/** Attacks: forged, oversize and swapped tokens; tricks with algorithm, kid and claims (protocol 5.1). */

import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EdgeKey } from "../../../edge/cache/contract.ts";
import { askRaw, buildHead, CLOSE } from "./ask-raw.ts";
import { contextPath, HOST, MizanApp, mintToken, SECRETS } from "./mizan-app.ts";
import type { Exchange } from "./scripted-origin.ts";

const app = new MizanApp();
/** The same with an audience. */
const strict = new MizanApp();
const NEWS = contextPath("news");
beforeAll(async () => {
  await Promise.all([app.start(), strict.start({ audience: "shop" })]);
  for (const { origin } of [app, strict]) origin.on(NEWS, nameUser);
});
afterAll(() => Promise.all([app.end(), strict.end()]));

const [signing, verifying] = SECRETS.mwt as readonly [EdgeKey, EdgeKey]; // see mizan-app.ts

/** Trusts every token, so that an answer that was kept for a forged one would show. */
function nameUser({ asked, sayJson }: Exchange): void {
  const [, payload = ""] = asked.headers["x-mizan-token"]?.split(".") ?? [];
  const user = /"sub":("(?:[^"\\]|\\.)*")/.exec(Buffer.from(payload, "base64url").toString())?.[1];
  sayJson({ news: { user: user === undefined ? null : JSON.parse(user) } });
}

function withToken(token: string) {
  return { headers: { "x-mizan-token": token } };
}

async function readUser(token: string): Promise<unknown> {
  return JSON.parse((await app.ask(NEWS, withToken(token))).body).news.user;
}

/** Whole, and twice, so that nothing of it was kept; the true owner's entry stays. */
async function expectForwarded(token: string, where = app): Promise<void> {
  const own = mintToken({ sub: "anna", aud: "shop" });
  await where.ask(NEWS, withToken(own));
  for (let time = 0; time < 2; time += 1) {
    const before = where.origin.of(NEWS).length;
    const answer = await where.ask(NEWS, withToken(token));
    expect(answer.headers["x-mizan-edge"]).toBe("BYPASS; reason=token-invalid");
    expect(where.origin.of(NEWS)).toHaveLength(before + 1);
    expect(where.origin.of(NEWS).at(-1)?.headers["x-mizan-token"]).toBe(token);
  }
  expect(await where.mark(NEWS, withToken(own))).toBe("HIT");
}

const NOW_SECONDS = Math.floor(Date.now() / 1000);
const TIMES = { iat: NOW_SECONDS, nbf: NOW_SECONDS, exp: NOW_SECONDS + 300 };

function encode(part: unknown): string {
  const bytes = Buffer.isBuffer(part) ? part : Buffer.from(JSON.stringify(part));
  return bytes.toString("base64url");
}

/** Header and payload byte by byte, signed with the ring's own key unless said otherwise. */
function signRaw(header: unknown, payload: unknown, secret = signing.secret): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

const HEADER = { alg: "HS256", typ: "JWT", kid: signing.kid };
const CLAIMS = { sub: "anna", pkey: "0".repeat(64), staff: false, super: false, ...TIMES };
const own = signRaw(HEADER, CLAIMS);
const [ownHeader = "", ownPayload = "", ownSignature = ""] = own.split(".");

describe("oversize tokens", () => {
  test.each([4097, 5000, 7000])("%i characters, well signed: forwarded whole", async (length) => {
    const bare = mintToken({ sub: "anna", pad: "" }).length;
    const pad = "x".repeat(Math.ceil(((length - bare) * 3) / 4) + 3);
    await expectForwarded(mintToken({ sub: "anna", pad }));
  });

  test("16 KiB: what the app says to it is what comes back, and nobody else notices", async () => {
    await app.ask(NEWS);
    const answer = await app.ask(NEWS, withToken("x".repeat(16 * 1024)));
    expect(answer.headers["x-mizan-edge"]).toBe("BYPASS; reason=token-invalid");
    expect(answer.status).toBe(431); // as Node's server says it
    expect(await app.mark(NEWS)).toBe("HIT");
  });
});

describe("algorithm tricks", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const unsigned = ["none", "None", "NONE", "nOnE", "", null, undefined, 0, ["HS256"], "HS256 "];

  test.each(unsigned)("alg %j without a signature, or with the right one", async (alg) => {
    const header = { ...HEADER, alg };
    await expectForwarded(`${encode(header)}.${ownPayload}.`);
    await expectForwarded(`${encode(header)}.${ownPayload}.${ownSignature}`);
    await expectForwarded(signRaw(header, CLAIMS));
  });

  test.each(["HS384", "HS512", "hs256", "RS256", "ES256", "PS256", "EdDSA"])(
    "alg %s, whatever it is signed with",
    async (alg) => {
      await expectForwarded(mintToken({ sub: "anna" }, { header: { alg } }));
      const text = `${encode({ ...HEADER, alg })}.${ownPayload}`;
      const rsa = sign("sha256", Buffer.from(text), privateKey).toString("base64url");
      await expectForwarded(`${text}.${rsa}`);
    },
  );

  test("a public key in the token, or as the secret, is no key", async () => {
    const jwk = publicKey.export({ format: "jwk" });
    const oct = { kty: "oct", k: Buffer.from("mine").toString("base64url") };
    await expectForwarded(signRaw({ ...HEADER, jwk }, CLAIMS, pem));
    await expectForwarded(signRaw({ ...HEADER, jwk: oct }, CLAIMS, "mine"));
    const urls = { jku: "http://evil.test/keys", x5u: "http://evil.test/x5u" };
    await expectForwarded(signRaw({ ...HEADER, ...urls }, CLAIMS, "mine"));
  });

  test.each([{ crit: ["exp"] }, { crit: ["b64"], b64: false }, { crit: [] }, { b64: false }])(
    "critical extensions %j",
    (header) => expectForwarded(mintToken({ sub: "anna" }, { header })),
  );

  test("the last of two alg counts, for us as for Python", async () => {
    const twice = Buffer.from('{"alg":"HS256","kid":"m1","alg":"none"}');
    await expectForwarded(`${encode(twice)}.${ownPayload}.`);
    await expectForwarded(signRaw(twice, CLAIMS));
  });
});

describe("kid tricks", () => {
  const secrets: readonly (readonly [string, string])[] = [
    ["the cache's key", "cache-secret-1"],
    ["the Edge's key", "edge-secret-1"],
    ["the key's name", "m1"],
    ["a NUL", "\u0000"],
    ["a guess", "secret"],
  ];

  test.each(secrets)("signed with %s, whatever kid it names", async (_, secret) => {
    const kids = ["m1", "m0", "e1", "c1", "../../dev/null", "' or 1=1 --", "__proto__", "", null];
    for (const kid of [...kids, 0, ["m1"], { m1: 1 }, true]) {
      await expectForwarded(signRaw({ ...HEADER, kid }, CLAIMS, secret));
    }
  });

  test("a live key is taken whatever kid the token names: it is a hint of the sender", async () => {
    for (const kid of ["m1", "m0", "e1", "../../dev/null", null, ["m1"], { m1: 1 }, 7, undefined]) {
      for (const { secret } of [signing, verifying]) {
        const token = signRaw({ ...HEADER, kid }, { ...CLAIMS, sub: "dora" }, secret);
        expect(await readUser(token)).toBe("dora");
        expect(await app.mark(NEWS, withToken(token))).toBe("HIT");
      }
    }
  });
});

describe("forged and mangled tokens", () => {
  const other = mintToken({ sub: "bert" });
  const [, otherPayload = "", otherSignature = ""] = other.split(".");

  test.each([
    ["no token", "garbage"],
    ["two parts", `${ownHeader}.${ownPayload}`],
    ["no signature", `${ownHeader}.${ownPayload}.`],
    ["five parts", `${own}.${ownPayload}.${ownSignature}`],
    ["dots alone", ".."],
    ["another's signature", `${ownHeader}.${ownPayload}.${otherSignature}`],
    ["another's payload", `${ownHeader}.${otherPayload}.${ownSignature}`],
    ["a changed signature", `${own.slice(0, -4)}AAAA`],
    ["a cut signature", own.slice(0, -1)],
    ["a longer signature", `${own}A`],
    ["padding", `${own}=`],
    ["a padded payload", `${ownHeader}.${ownPayload}=.${ownSignature}`],
    ["a space inside", own.replace(".", ". ")],
    ["a scheme in front", `Bearer ${own}`],
    ["quotes", `"${own}"`],
    ["two tokens", `${own}, ${other}`],
    ["a token and more", `${own};x`],
  ])("%s", async (_, token) => {
    await expectForwarded(token);
  });

  test("an empty token is no anonymous request", async () => {
    await app.ask(NEWS);
    const head = buildHead(`GET ${NEWS} HTTP/1.1`, [`Host: ${HOST}`, "X-Mizan-Token:", CLOSE]);
    const [answer] = await askRaw(app.port, head);
    expect(answer?.headers["x-mizan-edge"]).toBe("BYPASS; reason=token-invalid");
  });

  test("two token fields are no token", async () => {
    for (const pair of [
      [own, other],
      [own, own],
      ["", own],
    ]) {
      const fields = pair.map((token) => `X-Mizan-Token: ${token}`);
      const head = buildHead(`GET ${NEWS} HTTP/1.1`, [`Host: ${HOST}`, ...fields, CLOSE]);
      const [answer] = await askRaw(app.port, head);
      expect(answer?.headers["x-mizan-edge"]).toBe("BYPASS; reason=token-invalid");
    }
  });

  test("a token in any other place is none", async () => {
    const path = `${contextPath("item")}?item_id=place`;
    const places = ["x_mizan_token", "x-mizan_token", "x-mizan-token-2", "mizan-token", "cookie"];
    for (const name of places) {
      const value = name === "cookie" ? `x-mizan-token=${own}` : own;
      const answer = await app.ask(path, { headers: { [name]: value } });
      expect(JSON.parse(answer.body).item.user, name).toBeNull();
    }
    expect(await app.mark(path)).toBe("HIT");
    expect(await app.mark(`${path}&token=${own}`)).toBe("BYPASS; reason=parameter");
  });
});

describe("claims", () => {
  test.each([
    ["expired", { exp: NOW_SECONDS - 60 }],
    ["expired long ago", { exp: 0 }],
    ["expired before time", { exp: -1 }],
    ["no end", { exp: undefined }],
    ["an end that is null", { exp: null }],
    ["an end that is a text", { exp: String(NOW_SECONDS + 300) }],
    ["an end that is true", { exp: true }],
    ["an end in a list", { exp: [NOW_SECONDS + 300] }],
    ["not valid yet", { nbf: NOW_SECONDS + 600 }],
    ["a start that is a text", { nbf: "0" }],
    ["issued in the future", { iat: NOW_SECONDS + 600 }],
    ["nobody", { sub: undefined }],
    ["null", { sub: null }],
    ["an empty name", { sub: "" }],
    ["a number as name", { sub: 1 }],
    ["true as name", { sub: true }],
    ["a list as name", { sub: ["anna"] }],
    ["an object as name", { sub: { toString: "anna" } }],
    ["a number as pkey", { pkey: 1 }],
    ["a number as staff", { staff: 1 }],
    ["a text as super", { super: "false" }],
  ])("%s, though well signed: forwarded", async (_, claims) => {
    await expectForwarded(signRaw(HEADER, { ...CLAIMS, ...claims }));
  });

  test.each([
    ["a list", []],
    ["a text", "anna"],
    ["nothing", Buffer.from("")],
    ["no JSON", Buffer.from("{")],
    ["no UTF-8", Buffer.concat([Buffer.from('{"sub":"'), Buffer.from([0xff]), Buffer.from('"}')])],
    ["a byte order mark", Buffer.from(`\ufeff${JSON.stringify(CLAIMS)}`)],
    ["an endless end", Buffer.from(JSON.stringify(CLAIMS).replace(/"exp":\d+/, '"exp":1e999'))],
  ])("a payload that is %s: forwarded", async (_, payload) => {
    await expectForwarded(signRaw(HEADER, payload));
  });

  test("an end far away is taken, and each name has entries of its own, spelled as it is", async () => {
    const subs = ["anna ", " anna", "Anna", "anna\u0000", "1", "01", '1","r":0', "null", "é"];
    const names = [...subs, "e\u0301", "\ud800", "\ud801", "__proto__", "a\nb", "a,b"];
    for (const mark of ["MISS", "HIT"]) {
      for (const sub of names) {
        const token = signRaw(HEADER, { ...CLAIMS, sub, exp: 9e12 });
        const answer = await app.ask(NEWS, withToken(token));
        expect(answer.headers["x-mizan-edge"], JSON.stringify(sub)).toBe(mark);
        expect(JSON.parse(answer.body).news.user).toBe(sub);
      }
    }
  });

  test("a user whose permissions change: new claims, new entries, absent is not false", async () => {
    const claims = [
      { staff: true, super: true },
      { staff: true },
      { super: true },
      {},
      { staff: null },
      { super: null },
      { pkey: null },
      { pkey: "1".repeat(64) },
    ];
    for (const mark of ["MISS", "HIT"]) {
      for (const one of claims) {
        const token = signRaw(HEADER, { ...CLAIMS, sub: "carl", ...one });
        expect(await app.mark(NEWS, withToken(token)), JSON.stringify(one)).toBe(mark);
      }
    }
  });

  test.each(["Shop", "shop ", ["x"], [], [["shop"]], { shop: 1 }, true, null, undefined, 0])(
    "an environment with an audience forwards a token for %j",
    (aud) => expectForwarded(signRaw(HEADER, { ...CLAIMS, aud }), strict),
  );

  test.each(["shop", ["x", "shop"]])("… and takes one for %j", async (aud) => {
    const token = signRaw(HEADER, { ...CLAIMS, sub: `of ${String(aud)}`, aud });
    expect(await strict.mark(NEWS, withToken(token))).toBe("MISS");
    expect(await strict.mark(NEWS, withToken(token))).toBe("HIT");
  });
});

describe("stolen credentials of another kind", () => {
  test("a valid token decides, whatever else the request has; none of that reaches the app", async () => {
    const path = `${contextPath("item")}?item_id=both`;
    const other = { cookie: "sessionid=bert; jwt=bert", authorization: "Bearer bert" };
    for (const mark of ["MISS", "HIT"]) {
      const headers = { ...other, "x-mizan-token": own };
      const answer = await app.ask(path, { headers });
      expect([answer.headers["x-mizan-edge"], JSON.parse(answer.body).item.user]).toEqual([
        mark,
        "anna",
      ]);
    }
    const asked = app.origin.of(contextPath("item")).at(-1)?.headers;
    for (const name of Object.keys(other)) expect(asked).not.toHaveProperty(name);
  });

  test("an invalid token with a session is no session, nor anonymous: the app decides", async () => {
    app.origin.on(contextPath("never"), ({ sayJson }) => sayJson({}));
    const headers = { cookie: "sessionid=anna", "x-mizan-token": "garbage" };
    expect(await app.mark(NEWS, { headers })).toBe("BYPASS; reason=token-invalid");
    expect(app.origin.of(NEWS).at(-1)?.headers).toMatchObject(headers);
  });
});
