import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Inspection } from "../../../../cli/inspect/facts.ts";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";
import { readProjectFiles } from "../../../../cli/inspect/project-files.ts";
import { renderInspection } from "../../../../cli/inspect/render-inspection.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";

const MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n';
const APP = {
  "manage.py": MANAGE,
  "config/__init__.py": "",
  "config/settings.py": 'WSGI_APPLICATION = "config.wsgi.application"\n',
  "requirements.txt": "Django==5.2\n",
};
const folders: string[] = [];

function createProject(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "mz-hostile-"));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

function listUnread({ findings }: Inspection): readonly string[] {
  return findings.filter(({ code }) => code === "FILE_NOT_READ").map(({ message }) => message);
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test("links in a circle and links to folders above are not followed", () => {
  const root = createProject(APP);
  symlinkSync("circle-b", join(root, "circle-a"));
  symlinkSync("circle-a", join(root, "circle-b"));
  symlinkSync("..", join(root, "config/up"));
  symlinkSync("/", join(root, "everything"));
  expect(readProjectFiles(root).paths).toEqual(Object.keys(APP).sort());
});

test("nothing outside the project is read, by a link, a path with .. or a requirement", () => {
  const outside = createProject({ "secret.txt": "canary-package==1\n" });
  const secret = join(outside, "secret.txt");
  const root = createProject({
    ...APP,
    "requirements.txt": `Django\n-r ../${"../".repeat(12)}${secret}\n`,
  });
  symlinkSync(secret, join(root, "Procfile"));
  symlinkSync(outside, join(root, "a"));
  const files = readProjectFiles(root);
  for (const path of [
    `${"../".repeat(12)}${secret}`,
    "Procfile",
    "a/secret.txt",
    "a/b/c/d/../../../secret.txt",
  ]) {
    expect([path, files.read(path)]).toEqual([path, null]);
  }
  const inspection = inspectStatic(root);
  expect(JSON.stringify(inspection)).not.toContain("canary");
  expect(listUnread(inspection)).toEqual([
    "Procfile is a link that leaves the project, and is not looked at",
  ]);
});

test("a project whose own folder is reached by a link is inside itself", () => {
  const root = createProject(APP);
  const link = join(createProject({}), "link");
  symlinkSync("settings.py", join(root, "config/other.py"));
  symlinkSync(root, link);
  expect(readProjectFiles(link).read("config/other.py")).toContain("WSGI_APPLICATION");
});

test("pipes, sockets and devices in place of files are neither waited for nor read", async () => {
  const root = createProject(APP);
  for (const name of ["Procfile", "pyproject.toml", "config/wsgi.py", ".gitignore"]) {
    execFileSync("mkfifo", [join(root, name)]);
  }
  symlinkSync("/dev/zero", join(root, "package.json"));
  symlinkSync("config/wsgi.py", join(root, "runtime.txt"));
  const server = createServer().listen(join(root, "uv.lock"));
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const { facts } = inspectStatic(root);
    expect(facts["backend.packageManager"]?.value).toBe("requirements");
    expect(facts.processes?.value).toEqual({});
  } finally {
    server.close();
  }
});

test("folders with the names of files, and files that are gone when they are read", () => {
  const root = createProject({ ...APP, Pipfile: "[packages]\n", "frontend/package.json": "{}" });
  for (const name of ["package.json", "Procfile", "pyproject.toml", ".python-version", "uv.lock"]) {
    mkdirSync(join(root, name));
  }
  expect(inspectStatic(root).facts["backend.settingsModule"]?.value).toBe("config.settings");
  const files = readProjectFiles(root);
  rmSync(join(root, "frontend"), { recursive: true });
  rmSync(join(root, "Pipfile"));
  mkdirSync(join(root, "Pipfile"));
  expect(files.read("frontend/package.json")).toBeNull();
  expect(files.read("Pipfile")).toBeNull();
  expect(files.listFindings().map(({ evidence }) => evidence)).toEqual(["Pipfile"]);
});

test.runIf(process.getuid?.() === 0)(
  "what may not be read is told, and the rest is inspected",
  () => {
    const root = createProject({
      ...APP,
      Procfile: "web: x\n",
      "data/notes.txt": "",
      "b/.gitignore": "",
    });
    chmodSync(join(root, "Procfile"), 0o000);
    chmodSync(join(root, "data"), 0o000);
    chmodSync(join(root, "b/.gitignore"), 0o000);
    chownSync(root, 65_534, 65_534);
    process.seteuid?.(65_534); // root may read everything
    try {
      const inspection = inspectStatic(root);
      expect(inspection.facts["backend.settingsModule"]?.value).toBe("config.settings");
      expect(listUnread(inspection)).toEqual([
        "b/.gitignore cannot be read (EACCES), and is not looked at",
        "data cannot be read (EACCES), and is not looked at",
        "Procfile cannot be read (EACCES), and is not looked at",
      ]);
    } finally {
      process.seteuid?.(0);
    }
  },
);

test("requirements in UTF-16, as PowerShell writes them, and files with a mark of UTF-8 are read", () => {
  const utf16 = Buffer.from("\uFEFFDjango==5.2\r\ncelery==5.4\r\n", "utf16le");
  const root = createProject({
    ...APP,
    "requirements.txt": utf16,
    "config/celery.py": "from celery import Celery\napp = Celery()\n",
    "package.json": '\uFEFF{"dependencies": {"react": "19"}}',
    ".python-version": "\uFEFF3.12\n",
  });
  const { facts } = inspectStatic(root);
  expect(facts["backend.celery"]?.value).toEqual({ app: "config.celery:app", beat: false });
  expect(facts["backend.python"]?.value).toBe("3.12");
  expect(facts.frontends?.value).toHaveLength(1);
  expect(readProjectFiles(createProject({ a: utf16.swap16() })).read("a")).toContain("celery");
});

test("settings in Latin-1 are understood", () => {
  const text =
    '# Réglages\nDATABASES = {"default": {"ENGINE": "django.db.backends.mysql"}}\nA = "é"\n';
  const root = createProject({ ...APP, "config/settings.py": Buffer.from(text, "latin1") });
  expect(inspectStatic(root).facts["backend.database"]?.value).toBe("mysql");
});

test("binary files and files too large are named and left out", () => {
  const root = createProject({
    ...APP,
    "config/settings.py": Buffer.from("SECRET\0\x01\x02\xff"),
    Procfile: "",
  });
  truncateSync(join(root, "Procfile"), 3 * 1024 ** 3);
  expect(listUnread(inspectStatic(root)).toSorted()).toEqual([
    "Procfile is larger than 2 MiB, and is not looked at",
    "config/settings.py is not text, and is not looked at",
  ]);
});

test("a pattern of .gitignore that takes ages to refuse a name is named and left out", () => {
  const pattern = `${"*a".repeat(30)}*b`;
  const root = createProject({ ...APP, ".gitignore": `${pattern}\n*.log\n`, "x.log": "" });
  writeFileSync(join(root, "a".repeat(250)), "");
  const files = readProjectFiles(root);
  expect(files.paths).not.toContain("x.log");
  expect(files.listFindings().map(({ code }) => code)).toEqual(["IGNORE_PATTERN_ODD"]);
});

test("names with line ends and escape sequences stay in their line", () => {
  const folder = "a\n\u001b[31mFAKE: all is well\u001b[0m\u009b";
  const inspection = inspectStatic(
    createProject(
      Object.fromEntries(Object.entries(APP).map(([path, text]) => [`${folder}/${path}`, text])),
    ),
  );
  expect(inspection.facts["backend.root"]?.value).toBe(folder);
  const lines = renderInspection(inspection);
  expect(lines.filter((line) => line.startsWith("FAKE"))).toEqual([]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f]/.test(line))).toEqual([]);
});

const HALF_WRITTEN: Readonly<Record<string, string>> = {
  "package.json": '{"dependencies": {"react": ',
  "pyproject.toml": '[project]\ndependencies = ["django",\n',
  "Pipfile.lock": '{"default": ',
  Pipfile: "[packages\n",
};

test.each(Object.entries(HALF_WRITTEN))(
  "a half-written %s is the app's error, named with its file",
  (path, text) => {
    const { "requirements.txt": _, ...app } = APP;
    const beside = path === "Pipfile.lock" ? { Pipfile: '[packages]\ndjango = "*"\n' } : {};
    const root = createProject({ ...app, ...beside, [path]: text });
    const error = catchError(() => inspectStatic(root));
    expect(error).toMatchObject({ code: "APP_INVALID" });
    expect(error.message).toContain(path);
    expect(error.hint).toContain(path);
  },
);

const DEEP = 300_000;

test.each([
  ["package.json", `{"workspaces": ${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`],
  ["package.json", "[".repeat(DEEP)],
  ["pyproject.toml", `[project]\nx = ${"[".repeat(DEEP)}${"]".repeat(DEEP)}`],
  ["pyproject.toml", `[${"a.".repeat(DEEP)}a]\n`],
  ["pyproject.toml", `x = ${"{a=".repeat(DEEP)}`],
  [
    "package.json",
    '{"__proto__": {"scripts": 1}, "constructor": {}, "scripts": {"__proto__": "x"}}',
  ],
])("%s nested without end is read or refused: no crash", (path, text) => {
  const root = createProject({ ...APP, [path]: text });
  const outcome = (() => {
    try {
      return inspectStatic(root).version;
    } catch (error) {
      if (error instanceof MizanError) return error.code;
      throw error;
    }
  })();
  expect([1, "APP_INVALID"]).toContain(outcome);
});

function catchError(run: () => unknown): MizanError {
  try {
    run();
  } catch (error) {
    if (error instanceof MizanError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown");
}
