import fc from "fast-check";
import { expect, test } from "vitest";
import { DETECTORS } from "../../../../cli/inspect/detectors/index.ts";
import type { Facts, ProjectFiles } from "../../../../cli/inspect/facts.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";

/** A project that has one of each file that detectors read. */
const FILES: Readonly<Record<string, string>> = {
  "manage.py":
    'import os, sys\nsys.path.append("apps")\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n',
  "config/settings.py":
    'from .base import *\nINSTALLED_APPS = ["channels", "mizan"]\nWSGI_APPLICATION = "config.wsgi.application"\n',
  "config/base.py": 'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n',
  "config/wsgi.py": 'x("DJANGO_SETTINGS_MODULE", "config.settings")\napplication = 1\n',
  "config/celery.py": "from celery import Celery\napp = Celery()\n",
  "pyproject.toml":
    '[project]\nrequires-python = ">=3.11"\ndependencies = ["django>=5", "celery"]\n[tool.uv.workspace]\nmembers = ["a"]\n',
  "uv.lock": '[[package]]\nname = "django"\nversion = "5.2"\n',
  Pipfile: '[packages]\ndjango = "*"\n[requires]\npython_version = "3.12"\n',
  "Pipfile.lock":
    '{"_meta": {"requires": {"python_version": "3.12"}}, "default": {"django": {"version": "==5.2"}}}',
  "requirements.txt": "-r base.txt\ndjango==5.2\n-e ./lib[x]\ngit+https://x/y.git#egg=z\n",
  "lib/pyproject.toml": '[project]\nname = "lib"\ndependencies = ["celery"]\n',
  ".python-version": "3.12\n",
  "runtime.txt": "python-3.12.1\n",
  Procfile:
    "web: gunicorn config.wsgi\nworker: celery -A config worker\nrelease: python manage.py migrate\n",
  Dockerfile: "FROM python\nENV DJANGO_SETTINGS_MODULE=config.settings\n",
  "compose.yaml": "services:\n  worker:\n    command: celery -A config worker\n",
  "frontend/package.json":
    '{"packageManager": "pnpm@9", "scripts": {"build": "vite build --outDir x"}, "dependencies": {"react": "1"}, "devDependencies": {"vite": "8"}}',
  "frontend/vite.config.ts":
    'export default { root: ".", build: { outDir: resolve(__dirname, "../static") } }\n',
  "frontend/pnpm-lock.yaml": "lockfileVersion: 9\n",
  "pnpm-workspace.yaml": "packages:\n  - frontend\n",
};

function createFiles(contents: Readonly<Record<string, string>>): ProjectFiles {
  return {
    root: "/project",
    paths: Object.keys(contents).sort(),
    has: (path) => Object.hasOwn(contents, path),
    read: (path) => (Object.hasOwn(contents, path) ? (contents[path] ?? null) : null),
  };
}

/** Runs all detectors. @throws what is no MizanError. */
function detectAll(files: ProjectFiles): Facts | MizanError {
  try {
    let known: Facts = {};
    for (const detector of DETECTORS) {
      known = { ...known, ...detector.detect(files, known).facts };
    }
    return known;
  } catch (error) {
    if (error instanceof MizanError) return error;
    throw error;
  }
}

const PIECES = [
  "{",
  "}",
  "[",
  "]",
  '"',
  "'",
  '"""',
  "\n",
  "\0",
  "\\",
  "=",
  ":",
  ",",
  "#",
  "*",
  "(",
  ")",
  "null",
  "-1",
  "1e999",
  "__proto__",
  "constructor",
  "\uFEFF",
  "\uD800",
  "../",
  "/",
  "${",
  "{{",
  "-e ",
  "-r ",
];

/** Cuts a piece out of the text, or puts one in. */
const mangling = fc.record({
  path: fc.constantFrom(...Object.keys(FILES)),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat(30),
  put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 8 })),
});

test("unmangled, every fact of the project is found", () => {
  const facts = detectAll(createFiles({ ...FILES }));
  expect(facts).toMatchObject({
    "backend.celery": { value: { app: "config.celery:app" } },
    "backend.database": { value: "postgresql" },
    "backend.python": { value: "3.12" },
    frontends: { value: [{ packageManager: "pnpm" }] },
  });
});

test("mangled manifests and settings give facts or a typed error with a hint, never a crash", () => {
  fc.assert(
    fc.property(fc.array(mangling, { minLength: 1, maxLength: 6 }), (manglings) => {
      const contents: Record<string, string> = { ...FILES };
      for (const { path, at, removed, put } of manglings) {
        const text = contents[path] ?? "";
        const start = Math.floor(at * text.length);
        contents[path] = text.slice(0, start) + put + text.slice(start + removed);
      }
      const result = detectAll(createFiles(contents));
      if (result instanceof MizanError) expect(result.hint).toBeTruthy();
    }),
    { numRuns: 500 },
  );
});

/** JSON in place of a manifest: any value at any place. */
test("manifests of another form are read or refused with a typed error", () => {
  const paths = ["frontend/package.json", "Pipfile.lock"];
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.json({ maxDepth: 4 }), (path, text) => {
      const result = detectAll(createFiles({ ...FILES, [path]: text }));
      // A lock that pins nothing disagrees with the one beside it.
      const codes = ["APP_INVALID", "LOCK_FILES_DISAGREE"];
      if (result instanceof MizanError) expect(codes).toContain(result.code);
    }),
    { numRuns: 300 },
  );
});

test("known keys with values of any form are read or refused with a typed error", () => {
  const value = fc.jsonValue({ maxDepth: 2 });
  const keys = [
    "scripts",
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "packageManager",
    "workspaces",
    "engines",
    "volta",
  ];
  const manifest = fc.dictionary(fc.constantFrom(...keys), value);
  fc.assert(
    fc.property(manifest, (json) => {
      const text = JSON.stringify({ dependencies: { react: "1" }, ...json });
      const result = detectAll(createFiles({ ...FILES, "frontend/package.json": text }));
      if (result instanceof MizanError) expect(result.hint).toBeTruthy();
    }),
    { numRuns: 300 },
  );
});
