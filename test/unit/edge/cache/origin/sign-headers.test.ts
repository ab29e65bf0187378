import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { importKeyRing } from "../../../../../edge/cache/identity/key-ring.ts";
import {
  signIntent,
  verifyMessage,
  verifyWrote,
} from "../../../../../edge/cache/origin/sign-headers.ts";

const SECRET = "edge-secret-one";
const ring = await importKeyRing([
  { kid: "k1", state: "sign", secret: SECRET },
  { kid: "k2", state: "verify", secret: "edge-secret-two" },
  { kid: "k0", state: "retired", secret: "edge-secret-old" },
]);

const sign = (fields: readonly string[], secret = SECRET) => {
  return createHmac("sha256", secret).update(fields.join("\n")).digest("base64url");
};

describe("X-Mizan-Intent", () => {
  // MACs computed with Python's hmac over the lines of section 10.
  test("of a covered request", async () => {
    const header = await signIntent(ring.signing, {
      method: "POST",
      rawTarget: "/api/mizan/call/?x=1",
      mode: "covered",
      id: "id-1",
      deadlineMs: 1_780_000_000_000,
    });
    const mac = "ylm0pElcxsTzlz3WoJ545U5QgLVbKHi5VqNM3oR_C50";
    expect(header).toBe(`v=1;m=covered;i=id-1;d=1780000000000;k=k1;s=${mac}`);
  });

  test("of a read has no deadline", async () => {
    const header = await signIntent(ring.signing, {
      method: "GET",
      rawTarget: "/api/mizan/ctx/user/?user_id=5",
      mode: "read",
      id: "id-1",
      deadlineMs: null,
    });
    const mac = "rUESvfFNVINEz5uSM7eMc9fx_Y-KIavbpjeiIQBcIYk";
    expect(header).toBe(`v=1;m=read;i=id-1;k=k1;s=${mac}`);
  });
});

describe("X-Mizan-Wrote", () => {
  const context = { status: 200, invalidateHeader: "user;user_id=5", id: "id-1" };
  const FIELDS = ["w=1", "session=0", "r=%2Fprofile%2F%3Auser_id%2F", "i=id-1"];
  const mac = sign(["200", ...FIELDS, "user;user_id=5"]);
  const header = `${FIELDS.join(";")};k=k1;s=${mac}`;

  test("as the runtime makes it is believed", async () => {
    expect(mac).toBe("C6YrmNJwAMkoZ5mRGOnn2CWBdaiPU0KvqGeF6OD6Ang"); // of `mizan_runtime`
    expect(await verifyWrote(ring, header, context)).toEqual({
      wrote: true,
      sessionReadByView: false,
      route: "/profile/:user_id/",
    });
  });

  test("without a route or a word about the session reads as the page says", async () => {
    const fields = ["w=0", "r=", "i=id-1"];
    const text = `${fields.join(";")};k=k2;s=${sign(["503", ...fields, ""], "edge-secret-two")}`;
    const answer = { status: 503, invalidateHeader: null, id: "id-1" };
    const wrote = { wrote: false, sessionReadByView: true, route: null };
    expect(await verifyWrote(ring, text, answer)).toEqual(wrote);
  });

  test.each([
    ["of another status", header, { ...context, status: 500 }],
    ["with another X-Mizan-Invalidate", header, { ...context, invalidateHeader: "user" }],
    ["whose X-Mizan-Invalidate was taken away", header, { ...context, invalidateHeader: null }],
    ["of another request", header, { ...context, id: "id-2" }],
    ["with another word", header.replace("w=1", "w=0"), context],
    ["with another route", header.replace("profile", "login"), context],
    ["under an unknown key", header.replace("k=k1", "k=k9"), context],
    ["under a key's name of every object", header.replace("k=k1", "k=__proto__"), context],
    ["under another key of ours", header.replace("k=k1", "k=k2"), context],
    [
      "of a retired key",
      `w=0;i=id-1;k=k0;s=${sign(["200", "w=0", "i=id-1", ""], "edge-secret-old")}`,
      { ...context, invalidateHeader: null },
    ],
    ["with half a MAC", header.slice(0, -9), context],
    ["with padding", `${header}=`, context],
    ["with more behind it", `${header};w=0`, context],
    ["twice", `${header}, ${header}`, context],
    ["without a MAC", FIELDS.join(";"), context],
    ["empty", "", context],
    ["absent", null, context],
  ])("%s is as if it were absent", async (_, text, answer) => {
    expect(await verifyWrote(ring, text, answer)).toBeNull();
  });

  test.each([
    ["w twice", ["w=0", "w=1", "i=id-1"]],
    ["no w", ["i=id-1"]],
    ["w=2", ["w=2", "i=id-1"]],
    ["no id", ["w=1"]],
    ["session=no", ["w=1", "session=no", "i=id-1"]],
    ["a field without a name", ["=1", "w=1", "i=id-1"]],
  ])("that is signed, but has %s, is as if it were absent", async (_, fields) => {
    const text = `${fields.join(";")};k=k1;s=${sign(["200", ...fields, "user;user_id=5"])}`;
    expect(await verifyWrote(ring, text, context)).toBeNull();
  });

  test("with a route that cannot be decoded says nothing about the route", async () => {
    const fields = ["w=0", "r=%ff", "i=id-1"];
    const text = `${fields.join(";")};k=k1;s=${sign(["200", ...fields, "user;user_id=5"])}`;
    expect(await verifyWrote(ring, text, context)).toMatchObject({ route: null });
  });

  test("takes anything without throwing, and believes none of it", async () => {
    const part = fc.constantFrom(
      "w=1",
      ";",
      "k=k1",
      "s=",
      mac,
      "i=id-1",
      "=",
      ",",
      "\n",
      "é",
      "日",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(part).map((parts) => parts.join("")),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.option(fc.string()), async (raw, invalidateHeader) => {
        expect(await verifyWrote(ring, raw, { ...context, invalidateHeader })).toBeNull();
      }),
    );
  });
});

describe("X-Mizan-Signature", () => {
  const body = new TextEncoder().encode('{"id":"1"}');
  const mac = "8fpl5TL98BPTKW06UEbUPjyBVbuAF1cif5hQ88ChjfU"; // Python's hmac over the body

  test("of a live key over the raw body is believed", async () => {
    expect(await verifyMessage(ring, `k=k1;s=${mac}`, body)).toBe(true);
  });

  test.each([
    ["over another body", `k=k1;s=${mac}`, new TextEncoder().encode('{"id": "1"}')],
    ["over no body", `k=k1;s=${mac}`, new Uint8Array()],
    ["of another key", `k=k2;s=${mac}`, body],
    ["of an unknown key", `k=k9;s=${mac}`, body],
    ["with more fields", `v=1;k=k1;s=${mac}`, body],
    ["in another order", `s=${mac};k=k1`, body],
    ["with an empty MAC", "k=k1;s=", body],
    ["that is absent", null, body],
  ])("%s is refused", async (_, signature, raw) => {
    expect(await verifyMessage(ring, signature, raw)).toBe(false);
  });
});
