import { expect, expectTypeOf, test } from "vitest";
import { defineConfig, type MizanConfig } from "../../../../cli/config/define-config.ts";
import type { FactOverrides } from "../../../../cli/inspect/facts.ts";

test("returns the config as it is", () => {
  const config = { environments: { local: { port: 8000 } } };
  expect(defineConfig(config)).toBe(config);
});

test("everything is optional, and what is wrong does not compile", () => {
  expectTypeOf({}).toExtend<MizanConfig>();
  expectTypeOf<{ environments: { local: { port: number } } }>().toExtend<MizanConfig>();
  expectTypeOf<{ environments: { local: { port: string } } }>().not.toExtend<MizanConfig>();
  expectTypeOf<{ environments: { local: { target: "aws" } } }>().not.toExtend<MizanConfig>();
  expectTypeOf<{ facts: { "backend.interface": "fastcgi" } }>().not.toExtend<MizanConfig>();
  // @ts-expect-error an unknown key
  defineConfig({ enviroments: {} });
  // @ts-expect-error an unknown fact
  defineConfig({ facts: { "backend.rot": "." } });
});

test("the facts that may be set have the types of the facts that are found", () => {
  type Given = NonNullable<MizanConfig["facts"]>;
  expectTypeOf<keyof Given>().toEqualTypeOf<keyof FactOverrides>();
  expectTypeOf<Given["backend.celery"]>().toExtend<FactOverrides["backend.celery"]>();
});
