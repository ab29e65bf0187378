import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { loadConfig, parseConfig } from "../../../../cli/config/load-config.ts";
import { CONFIG_SCHEMA } from "../../../../cli/config/schema.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";

const folders: string[] = [];

function createProject(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "mz-config-"));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const TS = `
import { defineConfig } from "@mizan/deploy";
type Port = number;
const port: Port = 8123;
export default defineConfig({ environments: { local: { port } } });
`;

describe("loadConfig", () => {
  test("needs no file", async () => {
    const loaded = await loadConfig(createProject({}));
    expect(loaded).toEqual({ path: null, config: CONFIG_SCHEMA.parse({}) });
  });

  test.each([
    ["mizan.config.ts", TS],
    ["mizan.config.js", "export default { environments: { local: { port: 8123 } } };"],
    ["mizan.config.js", "module.exports = { environments: { local: { port: 8123 } } };"],
    ["mizan.config.mjs", "export default { environments: { local: { port: 8123 } } };"],
    ["mizan.config.json", '{ "environments": { "local": { "port": 8123 } } }'],
  ])("reads %s without the package being installed", async (name, text) => {
    const root = createProject({ [name]: text });
    const { path, config } = await loadConfig(root);
    expect(path).toBe(join(root, name));
    expect(config.environments["local"]).toMatchObject({
      target: "local",
      port: 8123,
      keepReleases: 5,
    });
  });

  test("reads an edited file anew", async () => {
    const root = createProject({ "mizan.config.ts": "export default { python: 'python3.12' };" });
    await loadConfig(root);
    writeFileSync(join(root, "mizan.config.ts"), "export default { python: 'python3.13' };");
    expect((await loadConfig(root)).config.python).toBe("python3.13");
  });

  test("refuses two configs", async () => {
    const error = await catchError(
      createProject({ "mizan.config.ts": TS, "mizan.config.json": "{}" }),
    );
    expect(error.message).toContain("mizan.config.ts and mizan.config.json");
  });

  test.each([
    ["mizan.config.ts", "export default {", "does not load"],
    ["mizan.config.ts", 'throw new Error("boom")', "boom"],
    ["mizan.config.ts", 'import "./gone.ts"; export default {}', "gone"],
    ["mizan.config.json", "{", "does not load"],
    ["mizan.config.js", "export const a = 1;", "expected object"],
  ])("%s that is broken is a config error: %s", async (name, text, mention) => {
    const error = await catchError(createProject({ [name]: text }));
    expect(error).toMatchObject({ code: "CONFIG_INVALID", exitCode: 3 });
    expect(error.message).toContain(mention);
    expect(error.hint).toContain(name);
  });
});

describe("parseConfig", () => {
  test("lists every problem at once, each with its path and a likely remedy", () => {
    const rawConfig = {
      enviroments: {},
      facts: {
        "backend.rot": ".",
        "backend.wsgi": "config.wsgi.application",
        frontends: [{ root: "ui", ouput: "dist" }],
        "settings.debug": true,
      },
      environments: {
        Staging: {},
        cloud: { target: "aws" },
        local: {
          port: 99999,
          databse: "own",
          env: { DJANGO_SETTINGS_MODULE: "x", DEBUG: true, "A-B": "1" },
          keepReleases: 1,
        },
      },
      defaultEnvironment: 7,
    };
    const error = catchSync(() => parseConfig(rawConfig, "mizan.config.ts"));
    const problems = error.details?.["problems"] as { path: string; message: string }[];
    expect(
      problems.map(({ path, message }) => `${path}: ${message}`).sort(),
    ).toMatchInlineSnapshot(`
      [
        "defaultEnvironment: Invalid input: expected string, received number",
        "enviroments: unknown key, did you mean environments?",
        "environments.Staging: a name has lower-case letters, digits and dashes, starts with a letter, at most 31",
        "environments.cloud.target: "aws" is not there yet: this version knows the target "local"",
        "environments.local.databse: unknown key, did you mean database?",
        "environments.local.env.DEBUG: must be a string, e.g. "1"",
        "environments.local.env.DJANGO_SETTINGS_MODULE: is set by Mizan: use facts: { "backend.settingsModule": "…" }",
        "environments.local.env["A-B"]: is not a name of an environment variable",
        "environments.local.keepReleases: Too small: expected number to be >=2",
        "environments.local.port: Too big: expected number to be <=65535",
        "facts.frontends[0].ouput: unknown key, did you mean output?",
        "facts["backend.rot"]: unknown key, did you mean backend.root?",
        "facts["backend.wsgi"]: must be "package.module:attribute"",
        "facts["settings.debug"]: unknown key; known are backend.root, backend.framework, backend.manage, backend.settingsModule, backend.importFolders, backend.wsgi, backend.asgi, backend.interface, backend.packageManager, backend.dependencyFiles, backend.python, backend.database, backend.celery, backend.channels, frontends, processes, dockerfiles, compose, mizan",
      ]
    `);
    for (const { path } of problems) expect(error.message).toContain(path);
  });

  test("an unknown default environment is refused with the known ones", () => {
    const config = { environments: { staging: {} }, defaultEnvironment: "stagin" };
    expect(catchSync(() => parseConfig(config, "c")).message).toContain("environments: staging");
  });

  test("paths of facts stay inside the project", () => {
    for (const root of ["/etc", "../other", "a/../../b", "a\\b"]) {
      const config = { facts: { "backend.root": root } };
      expect(catchSync(() => parseConfig(config, "c")).message).toContain("inside the project");
    }
    expect(parseConfig({ facts: { "backend.root": "./api/" } }, "c").facts["backend.root"]).toBe(
      "api",
    );
  });

  test("whatever is wrong, there is one CONFIG_INVALID that names as many problems as were made", () => {
    const wrong = fc.record(
      {
        port: fc.constantFrom("80", -1, 1.5, 70000),
        host: fc.constantFrom("http://x", "a b", 5),
        workers: fc.constantFrom(0, "4", 1000),
        overlay: fc.constantFrom("yes", 1),
        database: fc.constantFrom("mine", true),
        keepReleases: fc.constantFrom(0, 1, 101),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(wrong, (local) => {
        fc.pre(Object.keys(local).length > 0);
        const error = catchSync(() => parseConfig({ environments: { local } }, "c"));
        const problems = error.details?.["problems"] as { path: string }[];
        expect(new Set(problems.map(({ path }) => path))).toEqual(
          new Set(Object.keys(local).map((key) => `environments.local.${key}`)),
        );
      }),
    );
  });
});

async function catchError(root: string): Promise<MizanError> {
  const error = await loadConfig(root).then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof MizanError) return error;
  throw error;
}

function catchSync(run: () => unknown): MizanError {
  try {
    run();
  } catch (error) {
    if (error instanceof MizanError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
