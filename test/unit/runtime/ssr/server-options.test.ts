import { expect, test } from "vitest";
import { SSR_DEFAULT, SSR_ENV } from "../../../../runtime/ssr/contract.ts";
import { parseServerOptions } from "../../../../runtime/ssr/server-options.ts";

const REQUIRED = { [SSR_ENV.bind]: "unix:/run/ssr.sock", [SSR_ENV.entry]: "/app/entry.mjs" };

test("what is not set has a default, an empty value counts as not set", () => {
  expect(parseServerOptions({ ...REQUIRED, [SSR_ENV.renderers]: "" })).toEqual({
    bind: { unix: "/run/ssr.sock" },
    entry: "/app/entry.mjs",
    renderers: SSR_DEFAULT.renderers,
    memoryBytes: SSR_DEFAULT.memoryBytes,
  });
});

test("it binds to a port of IPv4, IPv6 or a name as well", () => {
  const bindTo = (bind: string) => parseServerOptions({ ...REQUIRED, [SSR_ENV.bind]: bind }).bind;
  expect(bindTo("0.0.0.0:3000")).toEqual({ hostname: "0.0.0.0", port: 3000 });
  expect(bindTo(":::3000")).toEqual({ hostname: "::", port: 3000 });
  expect(bindTo("localhost:3000")).toEqual({ hostname: "localhost", port: 3000 });
});

test.each([
  [SSR_ENV.bind, ""],
  [SSR_ENV.bind, "unix:relative.sock"],
  [SSR_ENV.entry, ""],
  [SSR_ENV.renderers, "0"],
  [SSR_ENV.renderers, "two"],
  [SSR_ENV.memoryBytes, "1.5"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => parseServerOptions({ ...REQUIRED, [name]: value })).toThrow(name);
});
