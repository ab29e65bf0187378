/** A broken release takes no traffic: exit 7, the cause in the message, the lines that prove it, the old release live. */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TempProject } from "../../helpers/temp-project.ts";
import { createTinyProject, expectFailure, fetchJson, fetchText, urlOf } from "./use-mizan.ts";

let project: TempProject;
let url = "";
let live: unknown;
/** Puts back what a test has broken. */
let repair: (() => Promise<void>)[] = [];

beforeAll(async () => {
  project = await createTinyProject();
  const config = { environments: { local: { startTimeoutSeconds: 15 } } };
  await writeFile(join(project.folder, "mizan.config.json"), JSON.stringify(config));
  const result = await project.mizan(["deploy"]);
  url = urlOf(result);
  live = result["release"];
  await fetchText(url, "/add/?text=kept");
});
afterAll(() => project.remove());

afterEach(async () => {
  expect(await fetchJson(url, "/")).toMatchObject({ version: "1" });
  const { releases } = await project.mizan(["releases"]);
  const [newest] = releases as { id: string; status: string }[];
  expect(newest).toMatchObject({ status: "failed" });
  const status = await project.mizan(["status"]);
  expect(status).toMatchObject({ release: live, state: "up" });
  const { processes } = status as unknown as { processes: { release: string | null }[] };
  expect(processes.filter(({ release }) => release !== null && release !== live)).toEqual([]);
  for (const undo of repair) await undo();
  repair = [];
});

async function append(path: string, text: string): Promise<void> {
  let before = "";
  await project.edit(path, (was) => {
    before = was;
    return `${was}\n${text}\n`;
  });
  repair.push(() => project.edit(path, () => before));
}

async function add(path: string, text: string): Promise<void> {
  await project.edit(path, () => text);
  repair.push(() => rm(join(project.folder, path)));
}

test("an import error in the URLs", async () => {
  await append("tiny/urls.py", "import nothing_here");
  const error = await expectFailure(project, ["deploy"], "SETTINGS_FAILED");
  expect(error.message).toContain("tiny/urls.py:");
  expect(error.message).toContain("No module named 'nothing_here'");
  expect(error.output).toContain("import nothing_here");
});

test("an error in the settings", async () => {
  await append("tiny/settings.py", 'WHERE = {"a": 1}["place"]');
  const error = await expectFailure(project, ["deploy"], "SETTINGS_FAILED");
  expect(error.message).toMatch(/tiny\/settings\.py:\d+: KeyError: 'place'/);
  expect(error.output).toContain('WHERE = {"a": 1}["place"]');
});

test("an import that never ends: the line where it waits", async () => {
  await append("tiny/wsgi.py", "import time\ntime.sleep(3600)  # waits for a lock");
  const error = await expectFailure(project, ["deploy"], "SETTINGS_FAILED");
  expect(error.message).toMatch(/tiny\/wsgi\.py:\d+: .*took over 15 s/);
  expect(error.output).toContain("time.sleep(3600)");
});

test("a process that never becomes ready, though the app can be imported", async () => {
  const waits =
    'import os, time\nif os.environ.get("MIZAN_BIND"):\n    print("waiting"); time.sleep(3600)';
  await append("tiny/wsgi.py", waits);
  const error = await expectFailure(project, ["deploy"], "RELEASE_UNHEALTHY");
  expect(error.message).toContain("was not ready within 15 s");
  expect(error.output).toContain("waiting");
});

test("a process that ends at its start", async () => {
  const ends = 'import os\nif os.environ.get("MIZAN_BIND"):\n    raise RuntimeError("no licence")';
  await append("tiny/wsgi.py", ends);
  const error = await expectFailure(project, ["deploy"], "RELEASE_UNHEALTHY");
  expect(error.message).toContain("RuntimeError: no licence");
  expect(error.output).toContain('raise RuntimeError("no licence")');
});

test("a process that crashes right after it was ready", async () => {
  await append(
    "tiny/urls.py",
    `import os, signal, sys, threading, time

def crash():
    time.sleep(0.3)
    print("Fatal: the pool is broken", file=sys.stderr, flush=True)
    os.kill(os.getppid(), signal.SIGKILL)
    os._exit(3)

if os.environ.get("MIZAN_BIND"):
    threading.Thread(target=crash).start()`,
  );
  const error = await expectFailure(project, ["deploy"], "RELEASE_UNHEALTHY");
  expect(error.message).toContain("SIGKILL");
  expect(error.output).toContain("Fatal: the pool is broken");
});

test("a page that answers 500", async () => {
  await append(
    "tiny/urls.py",
    'def broken(request):\n    raise ValueError("the page fails")\nurlpatterns[0] = path("", broken)',
  );
  const error = await expectFailure(project, ["deploy"], "RELEASE_UNHEALTHY");
  expect(error.message).toContain("GET / ");
  expect(error.message).toContain("500");
  expect(error.output).toContain("ValueError: the page fails");
});

test("a migration that fails: the rows are as they were, a copy from before is named", async () => {
  await add(
    "notes/migrations/0002_bad.py",
    `from django.db import migrations

def refuse(apps, schema_editor):
    apps.get_model("notes", "Note").objects.all().delete()
    raise ValueError("the data is not as expected")

class Migration(migrations.Migration):
    dependencies = [("notes", "0001_initial")]
    operations = [migrations.RunPython(refuse)]
`,
  );
  const error = await expectFailure(project, ["deploy"], "MIGRATION_FAILED");
  expect(error.message).toContain("notes.0002_bad failed: the data is not as expected");
  expect(error.message).toMatch(/A copy from before is .*\.sqlite3/);
  expect(error.output).toContain('raise ValueError("the data is not as expected")');
  expect(await fetchJson(url, "/add/?text=after")).toEqual({ notes: ["kept", "after"] });
});

test("static files that cannot be collected", async () => {
  await append(
    "tiny/settings.py",
    `INSTALLED_APPS += ["django.contrib.staticfiles"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
STATICFILES_DIRS = [BASE_DIR / "assets"]`,
  );
  await add("assets/site.css", "body { background: url(missing.png) }");
  const error = await expectFailure(project, ["deploy"], "BUILD_FAILED");
  expect(error.message + error.output).toContain("missing.png");
});

test("a requirement that does not exist", async () => {
  await append("requirements.txt", "django-there-is-no-such-thing==1.0");
  const error = await expectFailure(project, ["deploy"], "BUILD_FAILED");
  expect(error.message).toContain("django-there-is-no-such-thing was not found");
  expect(error.output).toContain("django-there-is-no-such-thing");
});

test("a frontend whose build fails", async () => {
  await add(
    "web/package.json",
    JSON.stringify({
      name: "web",
      private: true,
      scripts: { build: "node build.mjs" },
      dependencies: { vue: "*" },
    }),
  );
  await add("web/vite.config.js", "export default {}\n");
  await add("web/build.mjs", 'throw new SyntaxError("main.js:3: unexpected token");\n');
  const error = await expectFailure(project, ["deploy"], "BUILD_FAILED");
  expect(error.message).toContain("The frontend in web/ did not build");
  expect(error.output).toContain("main.js:3: unexpected token");
});
