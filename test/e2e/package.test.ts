/** The tarball is the product: exactly the files it needs, and it works in an empty folder elsewhere. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { buildCleanEnvironment } from "../helpers/run-mizan.ts";
import { createTempProject } from "../helpers/temp-project.ts";

const root = join(import.meta.dirname, "../..");
/** The oldest Node that `engines` allows: what we bundle and import must exist there. */
const OLDEST_NODE = "22.12.0";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "mz-pack-")));
let files: readonly string[] = [];
let tarball = "";
/** An empty folder with the tarball installed, and nothing of this checkout around it. */
const elsewhere = join(folder, "elsewhere");
const installedNode = join(elsewhere, "node_modules/node/bin/node");

/** npm without what the test runner put into the environment. */
async function npm(cwd: string, ...words: readonly string[]): Promise<string> {
  const env = buildCleanEnvironment();
  const { stdout } = await execa("npm", words, { cwd, env, extendEnv: false, timeout: 200_000 });
  return stdout;
}

beforeAll(async () => {
  const packed = JSON.parse(
    await npm(root, "pack", "--json", "--silent", "--pack-destination", folder),
  );
  const [{ filename, files: listed }] = packed as [
    { filename: string; files: readonly { path: string }[] },
  ]; // npm's documented form
  files = listed.map((file) => file.path).sort();
  tarball = join(folder, filename);
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "package.json"), JSON.stringify({ allowScripts: { node: true } }));
  await npm(elsewhere, "install", "--no-audit", "--no-fund", tarball, `node@${OLDEST_NODE}`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("holds the program, the agent, the Edge, the types, the Python runtime and the templates", async () => {
  const python = (await readdir(join(root, "runtime/origin/mizan_runtime"), { recursive: true }))
    .filter((path) => path.endsWith(".py"))
    .map((path) => `runtime/origin/mizan_runtime/${path}`);
  expect(python.length).toBeGreaterThan(5);
  const templates = (
    await readdir(join(root, "templates"), { recursive: true, withFileTypes: true })
  )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  expect(files.filter((path) => !isBundlePart(path))).toEqual(
    [
      "LICENSE",
      "README.md",
      "package.json",
      "dist/cli/agent.mjs",
      "dist/cli/bin.mjs",
      "dist/cli/config/define-config.mjs",
      "dist/cli/listen.py",
      "dist/edge/cache.mjs",
      "dist/edge/render.mjs",
      "dist/licenses/commander.txt",
      "dist/licenses/jose.txt",
      "dist/licenses/resolve-uri.txt",
      "dist/licenses/sourcemap-codec.txt",
      "dist/licenses/trace-mapping.txt",
      "dist/ssr/child.mjs",
      "dist/ssr/server.mjs",
      ...python,
      ...templates,
    ].sort(),
  );
});

/** Chunks and declarations are named by the bundler: their shape is known, their number is not. */
function isBundlePart(path: string): boolean {
  return /^dist\/cli\/[\w-]+-[A-Z0-9]{8}\.mjs$/.test(path) || /^dist\/.*\.d\.mts$/.test(path);
}

test("says nothing wrong about itself to package tools", async () => {
  const { messages, pkg } = await publint({
    pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
    strict: true,
  });
  // UNLICENSED, and no repository to name, until the owner decides (design D13).
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test("gives a mizan.config.ts its types", async () => {
  const config = join(elsewhere, "mizan.config.ts");
  writeFileSync(
    config,
    `import { defineConfig } from "@mizan/deploy";
export default defineConfig({ defaultEnvironment: "local" });
// @ts-expect-error an unknown key
defineConfig({ defaultEnvironmnet: "local" });
`,
  );
  const flags = ["--ignoreConfig", "--noEmit", "--strict", "--module", "nodenext"];
  await execa(join(root, "node_modules/.bin/tsc"), [...flags, config], { cwd: elsewhere });
});

test("shows its help on the oldest Node, without a development tool", async () => {
  const { stdout } = await execa(
    installedNode,
    ["node_modules/@mizan/deploy/dist/cli/bin.mjs", "--help"],
    { cwd: elsewhere },
  );
  expect(stdout).toContain("Put a Django + React app live");
  expect(existsSync(join(elsewhere, "node_modules/vitest"))).toBe(false);
});

test("deploys an app from there on the oldest Node", async () => {
  const project = await createTempProject(null, {
    bin: join(elsewhere, "node_modules/@mizan/deploy/dist/cli/bin.mjs"),
    node: installedNode,
  });
  onTestFinished(() => project.remove()); // its failure must not hide the test's
  await writeTinyApp(project.edit);
  project.commit("A tiny app");
  const { url, release } = await project.mizan(["deploy"]);
  expect(release).toMatch(/^[a-z0-9]{1,20}$/);
  const answer = await fetch(String(url));
  expect(await answer.text()).toBe("Hello from the tarball");
  expect(answer.headers.get("x-mizan-edge")).toMatch(/^BYPASS/);
});

/** Django in three files: what `mizan` must cope with at the least. */
async function writeTinyApp(
  write: (path: string, change: () => string) => Promise<void>,
): Promise<void> {
  await write("requirements.txt", () => "Django==5.2.19\n");
  await write(
    "manage.py",
    () => `import os, sys
from django.core.management import execute_from_command_line
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiny.settings")
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
`,
  );
  await write("tiny/__init__.py", () => "# a package\n");
  await write(
    "tiny/settings.py",
    () => `from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "django-insecure-tiny"
DEBUG = True
ROOT_URLCONF = "tiny.urls"
WSGI_APPLICATION = "tiny.wsgi.application"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
USE_TZ = True
`,
  );
  await write(
    "tiny/urls.py",
    () => `from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("Hello from the tarball"))]
`,
  );
  await write(
    "tiny/wsgi.py",
    () => `import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiny.settings")
application = get_wsgi_application()
`,
  );
}
