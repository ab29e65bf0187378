import { describe, expect, test } from "vitest";
import { importHmacKey } from "../../../../../edge/cache/identity/key-ring.ts";
import {
  buildReducedHeaders,
  derivePseudonym,
  type ReducedFacts,
} from "../../../../../edge/cache/read/reduced-request.ts";

const facts: ReducedFacts = {
  kind: "context",
  scheme: "https",
  host: "shop.example",
  token: null,
  pseudonym: null,
  languageHeader: null,
};

describe("the reduced request", () => {
  test("of someone anonymous says where, in which form, and nothing else", () => {
    expect(buildReducedHeaders(facts)).toEqual({
      accept: "application/json",
      "accept-encoding": "identity",
      "x-forwarded-host": "shop.example",
      "x-forwarded-proto": "https",
    });
  });

  test("of a user has his token, a pseudonym and one language", () => {
    const more = {
      token: "t",
      pseudonym: "2001:db8::1",
      languageHeader: "de",
      kind: "page",
    } as const;
    const headers = buildReducedHeaders({ ...facts, ...more });
    expect(headers).toMatchObject({
      accept: expect.stringContaining("text/html"),
      "x-mizan-token": "t",
      "x-forwarded-for": "2001:db8::1",
      "x-real-ip": "2001:db8::1",
      "accept-language": "de",
    });
    expect(Object.keys(headers)).toHaveLength(8);
  });
});

describe("a pseudonym", async () => {
  const key = await importHmacKey("edge");
  const other = await importHmacKey("another");

  test("is an address for documentation, always the same for a client", async () => {
    const pseudonym = await derivePseudonym(key, "203.0.113.7");
    expect(pseudonym).toMatch(/^2001:db8(?::[0-9a-f]{1,4}){6}$/);
    expect(await derivePseudonym(key, "203.0.113.7")).toBe(pseudonym);
  });

  test("is another for another client or key, and one for one address in any case", async () => {
    const pseudonym = await derivePseudonym(key, "fe80::a");
    expect(await derivePseudonym(key, "FE80::A")).toBe(pseudonym);
    expect(await derivePseudonym(key, "fe80::b")).not.toBe(pseudonym);
    expect(await derivePseudonym(other, "fe80::a")).not.toBe(pseudonym);
  });

  test("never looks internal, not even for 127.0.0.1", async () => {
    const internal = await derivePseudonym(key, "127.0.0.1");
    expect(internal.startsWith("2001:db8:")).toBe(true);
  });
});
