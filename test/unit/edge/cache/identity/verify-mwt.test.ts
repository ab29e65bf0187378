import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { importKeyRing, type RingEntry } from "../../../../../edge/cache/identity/key-ring.ts";
import { RememberedTokens } from "../../../../../edge/cache/identity/remembered-tokens.ts";
import { type MwtPolicy, verifyMwt } from "../../../../../edge/cache/identity/verify-mwt.ts";
import vectors from "../../../../standin/tests/vectors.json" with { type: "json" };

const SECRET = "mizan-deploy-test-mwt-secret-0001";
const NOW_SECONDS = 1_780_000_100;
const NOW_MS = NOW_SECONDS * 1000;

const CLAIMS = { sub: "5", pkey: "ab", staff: false, super: true, exp: NOW_SECONDS + 200 };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Signed by hand, so that a test can break any rule. */
function createToken(payload: unknown, header: object = {}, secret: string = SECRET): string {
  const signed = `${encode({ alg: "HS256", typ: "JWT", kid: "v1", ...header })}.${encode(payload)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

async function createPolicy(
  entries: readonly RingEntry[] = [{ kid: "v1", state: "sign", secret: SECRET }],
  audience: string | null = null,
): Promise<MwtPolicy> {
  return { ring: await importKeyRing(entries), audience };
}

const policy = await createPolicy();

async function judge(token: string, nowMs = NOW_MS, by: MwtPolicy = policy): Promise<string> {
  const result = await verifyMwt(token, by, nowMs);
  return result.ok ? `user ${result.claims.sub}` : result.reason;
}

describe("the vectors", () => {
  const [valid] = vectors.computed_mwt;
  const verdicts: Readonly<Record<string, string>> = {
    "valid-at-1780000100": "user 5",
    expired: "expired",
    "alg-none": "algorithm",
    "wrong-audience": "audience",
  };

  test.each(vectors.computed_mwt)("$name", async (vector) => {
    const token = vector.token ?? valid?.token ?? "";
    const at = vector.expect.at ?? 1_780_000_100;
    const by = await createPolicy(undefined, vector.expect.audience ?? null);
    expect(await judge(token, at * 1000, by)).toBe(verdicts[vector.name]);
  });
});

describe("a valid token", () => {
  test("gives its claims as they stand", async () => {
    const result = await verifyMwt(createToken(CLAIMS), policy, NOW_MS);
    expect(result).toEqual({
      ok: true,
      claims: { sub: "5", pkey: "ab", staff: false, super: true, expiresAtMs: CLAIMS.exp * 1000 },
    });
  });

  test("tells absent claims from false ones", async () => {
    const result = await verifyMwt(createToken({ sub: "5", exp: CLAIMS.exp }), policy, NOW_MS);
    expect(result).toMatchObject({ claims: { pkey: null, staff: null, super: null } });
  });

  test.each([
    ["exp just past, within 5 s", { exp: NOW_SECONDS - 4 }, "user 5"],
    ["exp 5 s past", { exp: NOW_SECONDS - 5 }, "expired"],
    ["nbf 60 s ahead", { nbf: NOW_SECONDS + 60 }, "user 5"],
    ["nbf 61 s ahead", { nbf: NOW_SECONDS + 61 }, "not-yet"],
    ["iat 60 s ahead", { iat: NOW_SECONDS + 60 }, "user 5"],
    ["iat 61 s ahead", { iat: NOW_SECONDS + 61 }, "not-yet"],
  ])("with %s: %o is %s", async (_, claims, verdict) => {
    expect(await judge(createToken({ ...CLAIMS, ...claims }))).toBe(verdict);
  });

  test.each([
    ["shop", "user 5"],
    [["other", "shop"], "user 5"],
    ["other", "audience"],
    [[], "audience"],
    [undefined, "audience"],
    [{ shop: true }, "audience"],
    ["shop.example", "audience"],
  ])("for the audience %o is %s where `shop` is wanted", async (aud, verdict) => {
    const by = await createPolicy(undefined, "shop");
    expect(await judge(createToken({ ...CLAIMS, aud }), NOW_MS, by)).toBe(verdict);
  });
});

describe("the ring", () => {
  const ring: readonly RingEntry[] = [
    { kid: "new", state: "sign", secret: "secret-new" },
    { kid: "old", state: "verify", secret: "secret-old" },
    { kid: "gone", state: "retired", secret: "secret-gone" },
  ];

  test.each([
    ["the signing key", "new", "secret-new", "user 5"],
    ["a key that only verifies", "old", "secret-old", "user 5"],
    ["another live key than kid names", "new", "secret-old", "user 5"],
    ["a live key under an unknown kid", "v1", "secret-old", "user 5"],
    ["a retired key", "gone", "secret-gone", "signature"],
    ["a key that is none of ours", "new", "secret-forged", "signature"],
  ])("judges a token of %s (kid %s)", async (_, kid, secret, verdict) => {
    const token = createToken(CLAIMS, { kid }, secret);
    expect(await judge(token, NOW_MS, await createPolicy(ring))).toBe(verdict);
  });

  test.each([
    ["absent", undefined],
    ["a number", 1],
    ["a list", ["v1"]],
    ["a name of every object", "__proto__"],
    ["a path", "../../dev/null"],
    ["a URL", "https://evil.example/key"],
    ["SQL", "v1' UNION SELECT 'x"],
  ])("takes a kid that is %s for no more than a hint", async (_, kid) => {
    expect(await judge(createToken(CLAIMS, { kid }))).toBe("user 5");
    expect(await judge(createToken(CLAIMS, { kid }, "forged"))).toBe("signature");
    expect(await judge(createToken(CLAIMS, { kid }, ""))).toBe("signature");
  });
});

describe("a forged token", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const swap = (token: string, header: unknown) => {
    const [, payload, signature] = token.split(".");
    return `${encode(header)}.${payload}.${signature}`;
  };
  const good = createToken(CLAIMS);

  test.each([
    ["alg none", `${encode({ alg: "none" })}.${encode(CLAIMS)}.`, "algorithm"],
    ["alg NONE", `${encode({ alg: "NONE" })}.${encode(CLAIMS)}.x`, "algorithm"],
    ["alg hs256", createToken(CLAIMS, { alg: "hs256" }), "algorithm"],
    ["alg HS512", createToken(CLAIMS, { alg: "HS512" }), "algorithm"],
    ["no alg", createToken(CLAIMS, { alg: undefined }), "algorithm"],
    ["alg as a list", createToken(CLAIMS, { alg: ["HS256"] }), "algorithm"],
    [
      "a key of its own (jwk)",
      createToken(CLAIMS, { jwk: { kty: "oct", k: "eA" } }, "x"),
      "signature",
    ],
    ["a key from elsewhere (jku)", createToken(CLAIMS, { jku: "https://x" }, "x"), "signature"],
    ["crit", createToken(CLAIMS, { crit: ["exp"], exp: 1 }), "malformed"],
    ["an unencoded payload", createToken(CLAIMS, { b64: false, crit: ["b64"] }), "malformed"],
    ["another header", swap(good, { alg: "HS256", kid: "v1", typ: "x" }), "signature"],
    ["no signature", good.replace(/[^.]+$/, ""), "signature"],
    ["half a signature", good.slice(0, -20), "signature"],
    ["padding", `${good}=`, "malformed"],
    ["a fourth part", `${good}.x`, "malformed"],
    ["a second token behind it", `${good}, ${good}`, "malformed"],
    ["a space in front of its payload", good.replace(".", ". "), "malformed"],
    ["no JSON as header", `${Buffer.from("x").toString("base64url")}.e30.x`, "malformed"],
    ["a list as header", `${encode([])}.e30.x`, "malformed"],
    ["nothing", "", "malformed"],
    ["more than 4 KiB", createToken({ ...CLAIMS, x: "x".repeat(4000) }), "size"],
  ])("with %s is refused", async (_, token, verdict) => {
    expect(await judge(token)).toBe(verdict);
  });

  test("that is signed as RSA with the public key as shared secret is refused", async () => {
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const signed = `${encode({ alg: "RS256", kid: "v1" })}.${encode(CLAIMS)}`;
    const signature = createSign("sha256").update(signed).sign(privateKey, "base64url");
    const by = await createPolicy([{ kid: "v1", state: "sign", secret: pem }]);
    expect(await judge(`${signed}.${signature}`, NOW_MS, by)).toBe("algorithm");
  });
});

describe("claims that are not as they should be are refused", () => {
  test.each([
    ["no sub", { sub: undefined }],
    ["a number as sub", { sub: 5 }],
    ["an empty sub", { sub: "" }],
    ["a list as sub", { sub: ["5"] }],
    ["no exp", { exp: undefined }],
    ["text as exp", { exp: "1780000300" }],
    ["null as exp", { exp: null }],
    ["text as nbf", { nbf: "0" }],
    ["a number as pkey", { pkey: 1 }],
    ["text as staff", { staff: "false" }],
    ["a number as super", { super: 1 }],
  ])("%s", async (_, claims) => {
    expect(await judge(createToken({ ...CLAIMS, ...claims }))).toBe("claims");
  });

  test.each([[[]], ["text"], [null], [5]])("%o instead of an object", async (payload) => {
    expect(await judge(createToken(payload))).toBe("claims");
  });
});

describe("remembered tokens", () => {
  const token = createToken(CLAIMS);

  test("are verified once, and again once they have expired", async () => {
    const tokens = new RememberedTokens();
    expect((await tokens.verify(token, policy, NOW_MS)).ok).toBe(true);
    expect(tokens.size).toBe(1);
    expect((await tokens.verify(token, policy, CLAIMS.exp * 1000 - 1)).ok).toBe(true);
    expect((await tokens.verify(token, policy, CLAIMS.exp * 1000 + 5000)).ok).toBe(false);
    expect(tokens.size).toBe(0);
  });

  test("are not remembered within the leeway behind their exp", async () => {
    const tokens = new RememberedTokens();
    expect((await tokens.verify(token, policy, CLAIMS.exp * 1000 + 1000)).ok).toBe(true);
    expect(tokens.size).toBe(0);
  });

  test("end with any change of the ring or the audience", async () => {
    const tokens = new RememberedTokens();
    await tokens.verify(token, policy, NOW_MS);
    const other = await createPolicy([{ kid: "v2", state: "sign", secret: "another" }]);
    expect(await tokens.verify(token, other, NOW_MS)).toEqual({ ok: false, reason: "signature" });
    await tokens.verify(token, policy, NOW_MS);
    const forShop = await createPolicy(undefined, "shop");
    expect(await tokens.verify(token, forShop, NOW_MS)).toEqual({ ok: false, reason: "audience" });
  });

  test("are not remembered under a ring that changed while they were verified", async () => {
    const tokens = new RememberedTokens();
    const underWay = tokens.verify(token, policy, NOW_MS);
    const other = await createPolicy([{ kid: "v2", state: "sign", secret: "another" }]);
    await Promise.all([underWay, tokens.verify(token, other, NOW_MS)]);
    expect(tokens.size).toBe(0);
    expect((await tokens.verify(token, other, NOW_MS)).ok).toBe(false);
  });

  test("take a bounded memory, which forged tokens cannot fill", async () => {
    const tokens = new RememberedTokens(5000);
    await tokens.verify(token, policy, NOW_MS);
    for (let index = 0; index < 50; index += 1) {
      await tokens.verify(
        createToken({ ...CLAIMS, sub: `${index}` }, {}, "forged"),
        policy,
        NOW_MS,
      );
    }
    expect(tokens.size).toBe(1);
    for (let index = 0; index < 50; index += 1) {
      await tokens.verify(createToken({ ...CLAIMS, sub: `${index}` }), policy, NOW_MS);
    }
    expect(tokens.size).toBeLessThan(10);
  });
});
