import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../../cli/config/load-config.ts";
import { resolveEnvironment } from "../../../../cli/config/resolve-environment.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";

const EMPTY = parseConfig({}, "c");
const CONFIGURED = parseConfig(
  {
    environments: { staging: { port: 8001 }, production: { port: 8002 } },
    defaultEnvironment: "staging",
  },
  "c",
);

function resolve(config: typeof EMPTY, environmentName?: string, targetName?: string) {
  return resolveEnvironment(config, { environmentName, targetName });
}

describe("resolveEnvironment", () => {
  test("without a config there is local", () => {
    expect(resolve(EMPTY)).toMatchObject({
      name: "local",
      target: "local",
      host: "127.0.0.1",
      database: "auto",
    });
    expect(resolve(EMPTY, "local", "local").name).toBe("local");
  });

  test("bare takes defaultEnvironment, else local", () => {
    expect(resolve(CONFIGURED)).toMatchObject({ name: "staging", port: 8001 });
    expect(resolve({ ...CONFIGURED, defaultEnvironment: undefined }).name).toBe("local");
  });

  test("--env decides", () => {
    expect(resolve(CONFIGURED, "production").port).toBe(8002);
    expect(resolve(CONFIGURED, "local").name).toBe("local");
  });

  test.each([
    [
      "an unknown environment",
      CONFIGURED,
      "prodution",
      undefined,
      "ENVIRONMENT_UNKNOWN",
      "--env production",
    ],
    [
      "an environment of Object's own names",
      CONFIGURED,
      "constructor",
      undefined,
      "ENVIRONMENT_UNKNOWN",
      "environments:",
    ],
    [
      "a target that contradicts --env",
      CONFIGURED,
      "production",
      "aws",
      "USAGE",
      "Leave --target out",
    ],
    [
      "a target that contradicts the default",
      CONFIGURED,
      undefined,
      "aws",
      "USAGE",
      "Leave --target out",
    ],
    [
      "a target that is not there yet",
      EMPTY,
      undefined,
      "aws",
      "PLATFORM_UNSUPPORTED",
      "this machine",
    ],
    ["an unknown target", EMPTY, undefined, "heroku", "USAGE", "--target local"],
  ] as const)("refuses %s", (_claim, config, environmentName, targetName, code, hint) => {
    try {
      resolve(config, environmentName, targetName);
    } catch (error) {
      expect(error).toBeInstanceOf(MizanError);
      expect(error).toMatchObject({ code });
      expect((error as MizanError).hint).toContain(hint);
      return;
    }
    expect.unreachable();
  });
});
