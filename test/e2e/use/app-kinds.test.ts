/** Apps of different kinds, each deployed as it is: what was found is what runs. */

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { TempProject } from "../../helpers/temp-project.ts";
import { createTinyProject, fetchJson, fetchText, urlOf } from "./use-mizan.ts";

/** No package of npm: the tests' set-up puts it on PATH. */
const UV = "uv";

async function openTiny(): Promise<TempProject> {
  const project = await createTinyProject();
  onTestFinished(() => project.remove());
  return project;
}

async function readFacts(project: TempProject): Promise<Record<string, unknown>> {
  const { facts } = await project.mizan(["inspect"]);
  const entries = Object.entries(facts as Record<string, { value: unknown }>);
  return Object.fromEntries(entries.map(([name, { value }]) => [name, value]));
}

test("an ASGI app runs under uvicorn; a WebSocket passes the Edge and is told when its release ends", async () => {
  const project = await openTiny();
  await project.edit("Procfile", () => "web: uvicorn tiny.asgi:application --port $PORT\n");
  await project.edit("requirements.txt", (text) => `${text}uvicorn[standard]\n`);
  await project.edit(
    "tiny/asgi.py",
    () => `import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiny.settings")
pages = get_asgi_application()


async def application(scope, receive, send):
    if scope["type"] != "websocket":
        return await pages(scope, receive, send)
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if message["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"].upper()})
`,
  );
  const url = urlOf(await project.mizan(["deploy"]));
  expect(await fetchJson(url, "/")).toMatchObject({ version: "1" });
  expect(await readFacts(project)).toMatchObject({
    "backend.interface": "asgi",
    "backend.asgi": "tiny.asgi:application",
  });
  const socket = new WebSocket(`${url.replace("http", "ws")}/echo`);
  onTestFinished(() => socket.close());
  await once(socket, "open");
  socket.send("salaam");
  const [message] = (await once(socket, "message")) as [MessageEvent];
  expect(message.data).toBe("SALAAM");
  const closed = once(socket, "close") as Promise<[CloseEvent]>;
  // The release before stays warm, so it is the second switch that ends the first release.
  await project.mizan(["deploy", "--force"]);
  await project.mizan(["deploy", "--force"]);
  expect((await closed)[0].code).toBe(1012);
});

test("Django 4.2 on the old Python that it asks for", async () => {
  const project = await openTiny();
  await project.edit("requirements.txt", () => "Django==4.2.16\n");
  await project.edit(".python-version", () => "3.8\n");
  const url = urlOf(await project.mizan(["deploy"]));
  expect(await fetchJson(url, "/add/?text=old")).toEqual({ notes: ["old"] });
  const facts = await readFacts(project);
  expect(facts).toMatchObject({ "backend.python": "3.8" });
  const { processes } = await project.mizan(["status"]);
  expect(processes).toContainEqual(expect.objectContaining({ name: "origin", state: "ready" }));
});

test("a uv project with a src layout and a settings package: production is chosen", async () => {
  const project = await openTiny();
  const at = (...path: string[]) => join(project.folder, ...path);
  await mkdir(at("src"));
  await rename(at("tiny"), at("src/tiny"));
  await rename(at("notes"), at("src/notes"));
  await mkdir(at("src/tiny/settings"));
  await rename(at("src/tiny/settings.py"), at("src/tiny/settings/base.py"));
  await rm(at("requirements.txt"));
  await project.edit("src/tiny/settings/__init__.py", () => "# a package\n");
  await project.edit("src/tiny/settings/base.py", (text) =>
    text.replace("parent.parent", "parents[3]").replace("DEBUG = True", "DEBUG = False"),
  );
  const variant = (name: string) => `from .base import *  # noqa: F403\n\nGREETING = "${name}"\n`;
  await project.edit("src/tiny/settings/local.py", () => `${variant("local")}DEBUG = True\n`);
  await project.edit("src/tiny/settings/production.py", () => variant("production"));
  await project.edit("manage.py", (text) =>
    text
      .replace("tiny.settings", "tiny.settings.local")
      .replace(
        "import sys\n",
        'import sys\n\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), "src"))\n',
      ),
  );
  await project.edit("src/tiny/wsgi.py", (text) =>
    text.replace("tiny.settings", "tiny.settings.production"),
  );
  await project.edit(
    "pyproject.toml",
    () => `[project]
name = "tiny"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["Django==5.2.19"]
`,
  );
  execFileSync(UV, ["lock", "--quiet"], { cwd: project.folder });
  project.commit("A uv project");
  const url = urlOf(await project.mizan(["deploy"]));
  expect(await fetchJson(url, "/")).toMatchObject({ greeting: "production" });
  expect(await readFacts(project)).toMatchObject({
    "backend.packageManager": "uv",
    "backend.settingsModule": "tiny.settings.production",
    "backend.python": ">=3.11",
  });
});

test("settings that need PostgreSQL and name none get one, which comes back after down and up", async () => {
  const project = await openTiny();
  await project.edit("requirements.txt", (text) => `${text}psycopg[binary]\n`);
  await project.edit("tiny/settings.py", (text) =>
    text.replace(
      /^DATABASES = .*$/m,
      `DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("DB_NAME", "tiny"),
        "USER": os.environ.get("DB_USER", "tiny"),
        "HOST": os.environ.get("DB_HOST", "localhost"),
    }
}`,
    ),
  );
  const url = urlOf(await project.mizan(["deploy"]));
  await fetchText(url, "/add/?text=kept");
  expect(await readFacts(project)).toMatchObject({ "backend.database": "postgresql" });
  await project.mizan(["down"]);
  expect(project.processes()).toEqual([]);
  const { processes } = await project.mizan(["up"]);
  expect(processes).toContainEqual(expect.objectContaining({ name: "postgres", state: "ready" }));
  expect(await fetchJson(url, "/add/?text=back")).toEqual({ notes: ["kept", "back"] });
});

test("a Vue frontend that Django serves itself, since its URLs answer /", async () => {
  const project = await openTiny();
  await project.edit("tiny/settings.py", (text) =>
    text.replace('"notes",', '"notes",\n    "django.contrib.staticfiles",').concat(`
STATICFILES_DIRS = [BASE_DIR / "web" / "dist"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "dist"],
    }
]
`),
  );
  await project.edit("tiny/urls.py", (text) =>
    text
      .replace('path("", home)', 'path("", TemplateView.as_view(template_name="index.html"))')
      .replace(
        "from notes.models",
        "from django.views.generic import TemplateView\nfrom notes.models",
      ),
  );
  await project.edit("web/package.json", () =>
    JSON.stringify({
      name: "web",
      private: true,
      type: "module",
      scripts: { build: "vite build" },
      dependencies: { vue: "3.5.45" },
      devDependencies: { vite: "8.3.8", "@vitejs/plugin-vue": "6.0.11" },
    }),
  );
  await project.edit(
    "web/vite.config.js",
    () => `import vue from "@vitejs/plugin-vue";
export default { base: "/static/", plugins: [vue()] };
`,
  );
  await project.edit(
    "web/index.html",
    () =>
      '<!doctype html><title>Vue</title><div id="app"></div><script type="module" src="/main.js"></script>\n',
  );
  await project.edit(
    "web/main.js",
    () => `import { createApp } from "vue";
import App from "./App.vue";
createApp(App).mount("#app");
`,
  );
  await project.edit("web/App.vue", () => "<template><h1>Salaam from Vue</h1></template>\n");
  const url = urlOf(await project.mizan(["deploy"]));
  const page = await fetchText(url, "/");
  expect(page).toContain("<title>Vue</title>");
  const script = /src="(\/static\/[^"]+\.js)"/.exec(page)?.[1] ?? "no script";
  expect(await fetchText(url, script)).toContain("Salaam from Vue");
  const { frontends } = await readFacts(project);
  expect(frontends).toMatchObject([{ root: "web", framework: "vue", bundler: "vite" }]);
});
