import { execFile } from "node:child_process";
import { appendFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

/** Far more than linear work needs on a busy machine, far less than quadratic work does. */
const LIMIT_MS = 60_000;
/** So long that quadratic work takes minutes. */
const PUMPED_LENGTH = 500_000;
const MIB = 1024 ** 2;
const folders: string[] = [];

interface Line {
  readonly outcome: readonly string[];
  readonly rssBytes: number;
}

const MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n';

function createProject(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "mz-hostile-"));
  folders.push(root);
  for (const [path, text] of Object.entries({ "manage.py": MANAGE, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** In a process of its own: work without end in one regular expression cannot be stopped otherwise. */
async function inspect(roots: readonly string[]): Promise<readonly Line[]> {
  const script = fileURLToPath(new URL("./inspect-folders.ts", import.meta.url));
  const run = await promisify(execFile)(process.execPath, [script, ...roots], {
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
    maxBuffer: 64 * MIB,
  });
  return run.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line); // our own script
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** What makes a careless regular expression look at a text again and again. */
const PUMPS = [
  " ",
  "\n",
  "\t\n",
  "a",
  ".",
  "a.",
  '"',
  "'\"",
  '\\"',
  "'''\"\"\"",
  "#",
  "(",
  "{",
  "/*",
  "=",
  "-o",
  " -e ",
  "x: y\n",
  "from .a import *\n",
  "from . import (\n",
  '"DJANGO_SETTINGS_MODULE"',
  "{{",
];

/** What stands before the pumped text: where an expression begins to match. */
const BEGINNINGS: Readonly<Record<string, readonly string[]>> = {
  "manage.py": [MANAGE, 'os.environ["DJANGO_SETTINGS_MODULE"] = f"', "sys.path.append("],
  "config/settings.py": [
    "from ",
    "X = 1\nfrom . import",
    "WSGI_APPLICATION = ",
    'A = "',
    '{"default": "',
  ],
  "config/wsgi.py": ["application = ", "DJANGO_SETTINGS_MODULE'"],
  "config/celery.py": ["app =", "app: ", "from celery import Celery\n"],
  Dockerfile: ["ENV DJANGO_SETTINGS_MODULE ", "FROM x\n"],
  Procfile: ["web: x", "worker: celery -A ", "web: A="],
  "requirements.txt": ["-r ", "-e ", "celery", "git+https://x/"],
  ".python-version": ["3.12", "python-", ""],
  "runtime.txt": ["python-3", ""],
  "frontend/vite.config.ts": ["outDir: ", "root: resolve(", "/* "],
  "uv.lock": ["[[package]]\n", '[[package]]\nname = "', 'requires-python = "'],
  ".gitignore": ["a", "*"],
};

const PACKAGE = (script: string) =>
  JSON.stringify({ devDependencies: { vite: "8" }, scripts: { build: `webpack ${script}` } });

test("no text makes the inspection work without end", async () => {
  const roots = PUMPS.map((pump) => {
    const files = Object.entries(BEGINNINGS).map(([path, beginnings], index) => {
      const pumped = pump.repeat(PUMPED_LENGTH / pump.length);
      return [path, `${beginnings[(index + pump.length) % beginnings.length]}${pumped}!`] as const;
    });
    const script = PACKAGE(pump.repeat(PUMPED_LENGTH / pump.length));
    // Beside its lock, or the requirements file is not read.
    const { "uv.lock": lock = "", ...others } = Object.fromEntries(files);
    const lockFile = pump.length % 2 === 0 ? { "uv.lock": lock } : {};
    return createProject({ ...others, ...lockFile, "frontend/package.json": script });
  });
  expect(await inspect(roots)).toHaveLength(PUMPS.length);
});

test("the beginnings of every expression, followed by spaces or by line ends", async () => {
  const roots = [" ", "\n"].flatMap((pump) =>
    [0, 1, 2, 3, 4].map((index) => {
      const files = Object.entries(BEGINNINGS).map(
        ([path, beginnings]) =>
          [path, `${beginnings[index % beginnings.length]}${pump.repeat(PUMPED_LENGTH)}!`] as const,
      );
      return createProject(Object.fromEntries(files));
    }),
  );
  expect(await inspect(roots)).toHaveLength(10);
});

test("lists without end: requirements, imports, processes, dependencies, mentions", async () => {
  const many = (line: (index: number) => string) =>
    Array.from({ length: 30_000 }, (_, index) => line(index)).join("\n");
  const poetry = `[tool.poetry.dependencies]\n${many((i) => `package${i} = "1"`)}\n`;
  const roots = [
    createProject({ "requirements.txt": many((i) => `-e ./package${i}`) }),
    createProject({ "requirements.txt": many(() => "-e ."), "pyproject.toml": poetry }),
    createProject({ "pyproject.toml": poetry }),
    createProject({ "config/settings.py": many((i) => `from config.part${i} import *`) }),
    createProject({ Procfile: many((i) => `web${i}: gunicorn config.wsgi`) }),
    createProject({ "manage.py": many((i) => `x("DJANGO_SETTINGS_MODULE", "config.part${i}")`) }),
    createProject({
      "frontend/package.json": JSON.stringify({
        devDependencies: { vite: "8" },
        scripts: {
          build: "yarn b && ".repeat(9000),
          b: "yarn c && ".repeat(9000),
          c: "yarn build && ".repeat(9000),
        },
      }),
    }),
    createProject({
      "frontend/package.json": PACKAGE("; yarn constructor; npm run toString __proto__"),
      "compose.yaml": many((i) => `    command: celery -A config${i} worker`),
      "start.sh": many((i) => `celery -A config${i} worker`),
    }),
    createProject({
      "frontend/package.json": PACKAGE(""),
      "frontend/vite.config.js": `outDir: resolve(${'"a",'.repeat(400_000)})`,
    }),
  ];
  expect(await inspect(roots)).toHaveLength(roots.length);
});

test("100,000 files and a lock file of 50 MiB, in bounded memory", async () => {
  const root = createProject({ "pyproject.toml": '[project]\ndependencies = ["django"]\n' });
  // Links to one file of each folder: made much faster than files, and files all the same.
  for (let part = 0; part < 100; part += 1) {
    const folder = join(root, `data/part${part}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "first"), "");
    for (let file = 1; file < 900; file += 1) {
      linkSync(join(folder, "first"), join(folder, `requirements${file}.tx`));
    }
  }
  // Beside manage.py, where each name is compared with those of manifests.
  writeFileSync(join(root, "first"), "");
  for (let file = 1; file < 10_000; file += 1) {
    linkSync(join(root, "first"), join(root, `requirements${"-x".repeat(100)}${file}`));
  }
  const entry =
    '[[package]]\nname = "package"\nversion = "1.0"\nsource = { registry = "x" }\nwheels = []\n\n';
  const lock = join(root, "uv.lock");
  writeFileSync(lock, 'version = 1\n\n[[package]]\nname = "celery"\nversion = "5"\n\n');
  const block = entry.repeat(Math.floor(MIB / entry.length));
  for (let mib = 0; mib < 50; mib += 1) appendFileSync(lock, block);
  const [line] = await inspect([root]);
  expect(line?.outcome).not.toContain("FILE_NOT_READ");
  expect(line?.rssBytes).toBeLessThan(1024 * MIB);
});
