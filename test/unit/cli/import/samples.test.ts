import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../../../cli/config/load-config.ts";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";
import { findControlCharacters, runJson, runMain } from "../fake-machine.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures");
const FORMATS = ["procfile", "fly", "railway", "render", "copilot", "compose"];

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mz-sam-"));
  cpSync(join(FIXTURES, "inspect/uv"), root, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** A Django project as another tool would find it. */
function addSample(format: string): void {
  cpSync(join(FIXTURES, "import/samples", format), root, { recursive: true });
}

async function init(...args: readonly string[]) {
  return await runMain(["init", "--cwd", root, ...args]);
}

describe.each(FORMATS)("a configuration of %s as people write it", (format) => {
  it("has a line for each of its keys in the report", async () => {
    addSample(format);
    const { exitCode, stdout, stderr } = await init("--from", format, "--dry-run");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    await expect(stdout).toMatchFileSnapshot(`__snapshots__/report-${format}.txt`);
    expect(existsSync(join(root, "mizan.config.ts"))).toBe(false);
  });

  it("becomes a config that loads, and that says what the other one said", async () => {
    addSample(format);
    const { result } = await runJson(["init", "--cwd", root, "--from", "auto", "--json"]);
    const { facts, environment } = result["import"] as Record<
      string,
      Record<string, { value: unknown }>
    >;
    const { config } = await loadConfig(root);
    const values = (kept: Record<string, { value: unknown }> | undefined) =>
      Object.fromEntries(Object.entries(kept ?? {}).map(([key, { value }]) => [key, value]));
    expect(config.facts).toEqual(values(facts));
    expect(config.environments["local"]).toMatchObject(values(environment));
    const inspected = inspectStatic(root, config.facts).facts;
    for (const [key, value] of Object.entries(config.facts)) {
      expect(inspected[key as keyof typeof inspected]?.value).toEqual(value);
    }
  });
});

it("writes the lines that take effect in place of those that are comments", async () => {
  addSample("fly");
  await init("--from", "fly.toml");
  const text = readFileSync(join(root, "mizan.config.ts"), "utf8");
  expect(text).toContain(
    '    "backend.settingsModule": "shop.settings.production", // fly.toml:18',
  );
  expect(text).toContain("      workers: 2, // fly.toml:23\n");
  expect(text).toContain(
    "      // Set by fly.toml, and to be given in .env: SENTRY_ENVIRONMENT, SENTRY_DSN\n",
  );
  expect(text).not.toContain("0123456789abcdef");
  expect(text).not.toContain("{{");
  // All of it uncommented still loads: no key stands twice.
  const options = text.replaceAll(/^( *)\/\/ (?=[\w"]+(\.\w+)?"?: )/gm, "$1");
  const keys = [...options.matchAll(/^ {4,6}"?([\w.]+)"?: /gm)].map(([, key]) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

it("leaves a config alone, and with --force keeps it beside the new one", async () => {
  addSample("railway");
  const old = join(root, "mizan.config.mjs");
  writeFileSync(old, "export default { environments: {} };\n");
  const refused = await init("--from", "railway");
  expect(refused.exitCode).toBe(9);
  expect(refused.stderr).toContain("mizan.config.mjs exists");
  expect(refused.stderr).toContain("--force");
  expect((await init("--from", "railway", "--dry-run")).exitCode).toBe(0);
  writeFileSync(join(root, "mizan.config.mjs.old"), "an older one");

  const forced = await init("--from", "railway", "--force");
  expect(forced.exitCode).toBe(0);
  expect(forced.stdout).toContain("The config that was there is mizan.config.mjs.old-2 now.");
  expect(readFileSync(`${old}.old-2`, "utf8")).toContain("environments: {}");
  expect(readFileSync(`${old}.old`, "utf8")).toBe("an older one");
  const { config } = await loadConfig(root);
  expect(config.environments["local"]).toMatchObject({ workers: 3, startTimeoutSeconds: 120 });
});

it("never lets a name of the other file out of its comment", async () => {
  writeFileSync(
    join(root, "fly.toml"),
    '[env]\n"A\\nprocess.exit(7)" = "x"\n"B\\u2028process.exit(7)" = "x"\nC = "x"\n',
  );
  const { stdout } = await init("--from", "fly");
  expect(stdout).toContain("not a name of an environment variable");
  const text = readFileSync(join(root, "mizan.config.ts"), "utf8");
  expect(text).not.toContain("process.exit");
  expect((await loadConfig(root)).config.facts).toEqual({});
});

it("shows no control characters of the other file", async () => {
  writeFileSync(join(root, "fly.toml"), '"\\u001b[31mred\\u0007" = 1\n');
  const { stdout } = await init("--from", "fly", "--dry-run");
  expect(findControlCharacters(stdout)).toEqual([]);
});
