import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findClientAddress } from "../../../../../edge/cache/identity/client-address.ts";
import {
  buildAnswerHeaders,
  buildForwardedHeaders,
  isPlainHost,
  UNRESOLVED_HEADER,
} from "../../../../../edge/cache/origin/forwarded-headers.ts";
import { UNRESOLVED_HEADER as RUNTIME_HEADER } from "../../../../../runtime/origin/contract.ts";

const address = { host: "a.test:8000", scheme: "http", clientAddress: "10.0.0.1" } as const;

test("the Edge and the runtime mean the same header", () => {
  expect(UNRESOLVED_HEADER).toBe(RUNTIME_HEADER);
});

describe("towards the origin", () => {
  test("no spelling of a trusted header gets through", () => {
    const spelling = fc
      .constantFrom(
        "X-Forwarded-For",
        "X-Mizan-Intent",
        "X-Real-IP",
        "X-Forwarded-Anything",
        "Forwarded",
      )
      .chain((name) =>
        fc
          .tuple(
            fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }),
            fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }),
          )
          .map(([upper, fold]) =>
            [...name]
              .map((letter, at) => (upper[at] ? letter.toUpperCase() : letter.toLowerCase()))
              .map((letter, at) => (letter === "-" && fold[at] ? "_" : letter))
              .join(""),
          ),
      );
    fc.assert(
      fc.property(spelling, (name) => {
        const headers = buildForwardedHeaders(new Headers({ [name]: "evil" }), address);
        expect([...headers.values()]).not.toContain("evil");
      }),
    );
  });

  test("without a known client none is claimed", () => {
    const received = new Headers({ "x-forwarded-for": "6.6.6.6", "x-real-ip": "6.6.6.6" });
    const headers = buildForwardedHeaders(received, { ...address, clientAddress: null });
    expect(Object.fromEntries(headers)).toEqual({
      "x-forwarded-host": "a.test:8000",
      "x-forwarded-proto": "http",
    });
    expect(received.get("x-real-ip")).toBe("6.6.6.6"); // a copy was changed
  });
});

describe("towards the browser", () => {
  test("HSTS passes where the site is HTTPS, and is stripped where it is not", () => {
    const received = new Headers({ "strict-transport-security": "max-age=1" });
    const over = (scheme: "http" | "https") =>
      buildAnswerHeaders(received, scheme).has("strict-transport-security");
    expect([over("http"), over("https")]).toEqual([false, true]);
  });

  test("an origin cannot speak in the Edge's name", () => {
    const received = new Headers({ "x-mizan-edge": "HIT", "x-mizan-wrote": "w=1" });
    const headers = buildAnswerHeaders(received, "http");
    expect(headers.has("x-mizan-edge")).toBe(false);
    expect(headers.has("x-mizan-wrote")).toBe(false);
  });
});

test.each([
  ["a.test", true],
  ["a_b.test:8000", true],
  ["127.0.0.1:1", true],
  ["[::1]:8000", true],
  ["", false],
  ["a/b", false],
  ["a@b", false],
  ["a?b", false],
  ["a:b", false],
  ["a b", false],
])("host %j is plain: %s", (host, expected) => {
  expect(isPlainHost(host)).toBe(expected);
});

test.each([
  [{ clientIp: "127.0.0.1:38936" }, "127.0.0.1"],
  [{ clientIp: "[::1]:38936" }, "::1"],
  [{ clientIp: "::ffff:10.0.0.1" }, null],
  [{ clientIp: "fe80::1" }, "fe80::1"],
  [{ clientIp: "unix:/run/x" }, null],
  [{}, null],
  [undefined, null],
])("of %o the client is %s", (connection, expected) => {
  expect(findClientAddress(connection)).toBe(expected);
});
