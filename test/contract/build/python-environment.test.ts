import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chooseInterpreter } from "../../../cli/build/python/choose-interpreter.ts";
import { ensureUv } from "../../../cli/build/python/ensure-uv.ts";
import { removeUnusedEnvironments } from "../../../cli/build/python/environment-store.ts";
import { findInterpreters, type Interpreter } from "../../../cli/build/python/find-interpreters.ts";
import {
  ensurePythonEnvironment,
  hasPythonEnvironment,
  type PythonEnvironment,
  type PythonEnvironmentOptions,
} from "../../../cli/build/python/python-environment.ts";
import { removeReadOnlyFolder } from "../../../cli/build/python/read-only-folder.ts";
import { getServerRequirements } from "../../../cli/build/python/server-packages.ts";
import { buildUvEnvironment } from "../../../cli/tools/tool-environment.ts";

const environment = process.env;
let folder: string;
let interpreters: readonly Interpreter[];
let interpreter: Interpreter;
let uv: string;
let caseNumber = 0;
let source: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mz-venv-"));
  interpreters = await findInterpreters({ environment });
  interpreter = chooseInterpreter({ interpreters, wanted: undefined, django: "5.2.8" }).interpreter;
  uv = await ensureUv({ environment, interpreters, toolsFolder: join(folder, "tools") });
});
afterAll(() => removeReadOnlyFolder(folder));
beforeEach(() => {
  caseNumber += 1;
  source = join(folder, `case-${caseNumber}`, "app");
  mkdirSync(source, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(source, path)), { recursive: true });
  writeFileSync(join(source, path), text);
}

/** A package of the project's own, with a dependency and a file of data beside its code. */
function writeLibrary(root: string, name: string): void {
  write(
    `${root}/pyproject.toml`,
    `[project]\nname = "${name}"\nversion = "1"\ndescription = "A library"\ndependencies = ["six"]\n` +
      `[build-system]\nrequires = ["flit_core<4"]\nbuild-backend = "flit_core.buildapi"\n`,
  );
  write(`${root}/src/${name}/__init__.py`, `"""A library."""\n__version__ = "1"\n`);
}

function runUv(...args: string[]): string {
  const env = buildUvEnvironment(environment, { UV_PYTHON: interpreter.path });
  return execFileSync(uv, args, {
    cwd: source,
    env: env as NodeJS.ProcessEnv,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function optionsOf(
  packageManager: PythonEnvironmentOptions["packageManager"],
  dependencyFiles: readonly string[],
  more: Partial<PythonEnvironmentOptions> = {},
): PythonEnvironmentOptions {
  const home = dirname(source);
  return {
    sourceFolder: source,
    backendRoot: ".",
    packageManager,
    dependencyFiles,
    interpreter,
    interpreters,
    serverRequirements: [],
    venvsFolder: join(home, "venvs"),
    toolsFolder: join(folder, "tools"),
    layerFolder: join(home, "layer"),
    environment,
    logFile: join(home, "build.log"),
    ...more,
  };
}

/** Names of installed packages that the environment's Python sees, with where they are imported from. */
function listPackages({ pythonPath }: PythonEnvironment): Record<string, string> {
  const script =
    "import json,importlib.metadata as m;" +
    "print(json.dumps({d.metadata['Name'].lower():d.version for d in m.distributions()}))";
  return JSON.parse(execFileSync(pythonPath, ["-c", script], { encoding: "utf8", cwd: "/" }));
}

function importedFrom({ pythonPath }: PythonEnvironment, name: string): string {
  const script = `import ${name}; print(${name}.__file__)`;
  return execFileSync(pythonPath, ["-c", script], { encoding: "utf8", cwd: "/" }).trim();
}

describe("ensurePythonEnvironment", () => {
  it("installs requirements and the server's packages, keeps locked versions, and is read-only", async () => {
    write("req/prod.txt", "-r base.txt\nwebsockets==15.0\n");
    write("req/base.txt", "sqlparse==0.5.1  # pinned\n");
    const options = optionsOf("requirements", ["req/prod.txt"], {
      serverRequirements: getServerRequirements("asgi"),
    });
    expect(hasPythonEnvironment(options)).toBe(false);
    const made = await ensurePythonEnvironment(options);
    expect(made.isNew).toBe(true);
    const packages = listPackages(made);
    expect(packages).toMatchObject({ sqlparse: "0.5.1", websockets: "15.0" });
    expect(Object.keys(packages)).toEqual(
      expect.arrayContaining(["gunicorn", "uvicorn", "uvicorn-worker"]),
    );
    const file = importedFrom(made, "sqlparse");
    expect(statSync(file).mode & 0o222).toBe(0);
    expect(statSync(dirname(file)).mode & 0o222).toBe(0);
    expect(existsSync(join(dirname(file), "__pycache__"))).toBe(true);
    expect(hasPythonEnvironment(options)).toBe(true);
  });

  it("shares an environment between releases, and makes another for other requirements", async () => {
    write("requirements.txt", "six==1.16.0\n");
    const options = optionsOf("requirements", ["requirements.txt"]);
    const first = await ensurePythonEnvironment(options);
    const startMs = performance.now();
    const second = await ensurePythonEnvironment(options);
    expect(performance.now() - startMs).toBeLessThan(200);
    expect(second).toEqual({ ...first, isNew: false });
    write("requirements.txt", "six==1.17.0\n");
    const third = await ensurePythonEnvironment(options);
    expect(third.venvKey).not.toBe(first.venvKey);
    expect(listPackages(third)).toMatchObject({ six: "1.17.0" });
    expect(listPackages(first)).toMatchObject({ six: "1.16.0" });
    const unused = { venvsFolder: options.venvsFolder, usedKeys: new Set([third.venvKey]) };
    expect(removeUnusedEnvironments(unused)).toEqual([]);
    expect(removeUnusedEnvironments({ ...unused, unusedAgeSeconds: 0 })).toEqual([first.venvKey]);
    expect(existsSync(first.folder)).toBe(false);
    expect(existsSync(third.pythonPath)).toBe(true);
  });

  it("gives two deploys at once the same environment, and clears what a killed one left", async () => {
    write("requirements.txt", "six==1.17.0\n");
    const options = optionsOf("requirements", ["requirements.txt"]);
    const made = await Promise.all([
      ensurePythonEnvironment(options),
      ensurePythonEnvironment(options),
    ]);
    expect(made[0].folder).toBe(made[1].folder);
    const [{ venvKey, folder: kept }] = made;
    expect(readdirSync(options.venvsFolder).length).toBe(2);
    rmSync(join(options.venvsFolder, venvKey));
    removeReadOnlyFolder(kept);
    // No process has this id: the kernel's limit is 4,194,304.
    mkdirSync(join(options.venvsFolder, `${venvKey}-4999999-abcdef`));
    const again = await ensurePythonEnvironment(options);
    expect(again.isNew).toBe(true);
    expect(readdirSync(options.venvsFolder).length).toBe(2);
  });

  it("builds anew when the interpreter behind an environment has gone", async () => {
    write("requirements.txt", "six\n");
    const options = optionsOf("requirements", ["requirements.txt"]);
    const first = await ensurePythonEnvironment(options);
    execFileSync("chmod", ["-R", "u+w", first.folder]);
    rmSync(join(first.folder, "bin/python"));
    const second = await ensurePythonEnvironment(options);
    expect(second.isNew).toBe(true);
    expect(listPackages(second)).toMatchObject({ six: expect.any(String) });
  });

  it("imports packages of the project (-e) from the release's copy, with their dependencies", async () => {
    writeLibrary("libs/foo", "foo");
    write("requirements.txt", "-e ./libs/foo\nsqlparse==0.5.1\n");
    const options = optionsOf("requirements", ["requirements.txt"]);
    const made = await ensurePythonEnvironment(options);
    expect(importedFrom(made, "foo")).toBe(join(source, "libs/foo/src/foo/__init__.py"));
    expect(listPackages(made)).toMatchObject({
      foo: "1",
      sqlparse: "0.5.1",
      six: expect.any(String),
    });
    expect(importedFrom(made, "six")).toContain(made.folder);
    const layerFolder = join(dirname(source), "layer-2");
    const next = await ensurePythonEnvironment({ ...options, layerFolder });
    expect(next).toMatchObject({ isNew: false, folder: made.folder });
    expect(next.pythonPath).toBe(join(layerFolder, "bin/python"));
    expect(importedFrom(next, "foo")).toContain(source);
  });

  it("gives a package whose version comes from git one without git, and third-party ones their own", async () => {
    write(
      "pyproject.toml",
      '[project]\nname = "shop"\ndynamic = ["version"]\ndependencies = ["six==1.17.0"]\n' +
        '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\nbuild-backend = "hatchling.build"\n' +
        '[tool.hatch.version]\nsource = "vcs"\n',
    );
    write("src/shop/__init__.py", "");
    write("requirements.txt", "-e .\n");
    const made = await ensurePythonEnvironment(optionsOf("requirements", ["requirements.txt"]));
    expect(listPackages(made)).toEqual({ shop: "0.0.0", six: "1.17.0" });
  });

  it("installs uv.lock without its development group, and a src layout from the copy", async () => {
    writeLibrary(".", "shop");
    writeLibrary("libs/foo", "foo");
    const text = readFileSync(join(source, "pyproject.toml"), "utf8");
    write(
      "pyproject.toml",
      `${text.replace('["six"]', '["six", "foo"]').replace("[build", 'requires-python = ">=3.8"\n[build')}` +
        '[dependency-groups]\ndev = ["sqlparse"]\n[tool.uv.sources]\nfoo = { path = "libs/foo" }\n',
    );
    runUv("lock", "--quiet");
    const made = await ensurePythonEnvironment(optionsOf("uv", ["uv.lock"]));
    const packages = listPackages(made);
    expect(packages).toMatchObject({ shop: "1", foo: "1", six: expect.any(String) });
    expect(packages).not.toHaveProperty("sqlparse");
    expect(importedFrom(made, "shop")).toBe(join(source, "src/shop/__init__.py"));
  });

  it("installs pyproject.toml without a lock", async () => {
    write(
      "pyproject.toml",
      '[project]\nname = "x"\nversion = "1"\ndependencies = ["six==1.17.0"]\n',
    );
    const made = await ensurePythonEnvironment(optionsOf("pep621", ["pyproject.toml"]));
    expect(listPackages(made)).toEqual({ six: "1.17.0" });
  });

  it("installs the default section of Pipfile.lock, hashes checked", async () => {
    const hashes = readHashes("six==1.17.0");
    const lock = {
      _meta: { sources: [{ name: "pypi", url: "unused" }] },
      default: { six: { version: "==1.17.0", hashes } },
      develop: { sqlparse: { version: "==0.5.1" } },
    };
    write("Pipfile.lock", JSON.stringify(lock));
    const made = await ensurePythonEnvironment(optionsOf("pipenv", ["Pipfile.lock"]));
    expect(listPackages(made)).toEqual({ six: "1.17.0" });
    lock.default.six.hashes = [`sha256:${"0".repeat(64)}`];
    write("Pipfile.lock", JSON.stringify(lock));
    const refused = ensurePythonEnvironment(optionsOf("pipenv", ["Pipfile.lock"]));
    await expect(refused).rejects.toMatchObject({
      code: "BUILD_FAILED",
      hint: expect.stringMatching(/downloaded file/),
    });
  });

  it("installs the default group of pdm.lock, and packages of the project from the copy", async () => {
    writeLibrary("libs/foo", "foo");
    const files = readHashes("six==1.17.0").map((hash) => `{file = "x", hash = "${hash}"}`);
    write("pyproject.toml", '[project]\nname = "x"\nversion = "1"\n');
    write(
      "pdm.lock",
      `[[package]]\nname = "six"\nversion = "1.17.0"\ngroups = ["default"]\nfiles = [${files.join(",")}]\n` +
        `[[package]]\nname = "foo"\nversion = "1"\npath = "./libs/foo"\ngroups = ["default"]\n` +
        `[[package]]\nname = "sqlparse"\nversion = "0.5.1"\ngroups = ["dev"]\n`,
    );
    const made = await ensurePythonEnvironment(optionsOf("pdm", ["pdm.lock"]));
    expect(listPackages(made)).toEqual({ six: "1.17.0", foo: "1" });
    expect(importedFrom(made, "foo")).toContain(source);
  });

  it("installs the main group of poetry.lock through Poetry, and says when the lock is old", async () => {
    const pyproject =
      '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = ">=3.8"\nsix = "^1.16"\n';
    write("pyproject.toml", pyproject);
    const files = readHashes("six==1.17.0").map(
      (hash) => `{file = "six-1.17.0.whl", hash = "${hash}"}`,
    );
    const lockOf = (contentHash: string) =>
      `[[package]]\nname = "six"\nversion = "1.17.0"\ndescription = ""\noptional = false\npython-versions = "*"\n` +
      `groups = ["main"]\nfiles = [${files.join(",")}]\n` +
      `[metadata]\nlock-version = "2.1"\npython-versions = ">=3.8"\ncontent-hash = "${contentHash}"\n`;
    write("poetry.lock", lockOf("0"));
    const refused = ensurePythonEnvironment(optionsOf("poetry", ["poetry.lock"]));
    await expect(refused).rejects.toMatchObject({
      code: "BUILD_FAILED",
      hint: expect.stringMatching(/poetry lock/),
    });
    expect(readdirSync(join(dirname(source), "venvs"))).toEqual([]);
    write("poetry.lock", lockOf(readPoetryHash()));
    const made = await ensurePythonEnvironment(optionsOf("poetry", ["poetry.lock"]));
    expect(listPackages(made)).toEqual({ six: "1.17.0" });
  });

  it("says what went wrong when a package cannot be had", async () => {
    write("requirements.txt", "six==99.99\n");
    const failing = ensurePythonEnvironment(optionsOf("requirements", ["requirements.txt"]));
    await expect(failing).rejects.toMatchObject({
      code: "BUILD_FAILED",
      exitCode: 7,
      hint: expect.stringMatching(/version that does not exist/),
      details: { output: expect.stringContaining("six==99.99") },
    });
  });
});

describe("ensureUv", () => {
  it("names the missing venv module when no Python can bring uv", async () => {
    const bare = interpreters.map((one) => ({ ...one, hasEnsurepip: false }));
    const options = {
      environment: { PATH: "/nowhere" },
      interpreters: bare,
      toolsFolder: join(folder, "none"),
    };
    await expect(ensureUv(options)).rejects.toMatchObject({
      code: "TOOL_MISSING",
      hint: expect.stringMatching(/apt-get install python3\.\d+-venv/),
    });
  });
});

/** SHA-256 of the files of a package, as its index tells them today. */
function readHashes(requirement: string): string[] {
  write("hashes.in", `${requirement}\n`);
  const output = runUv(
    "pip",
    "compile",
    "--quiet",
    "--generate-hashes",
    "--no-header",
    "hashes.in",
  );
  return [...output.matchAll(/sha256:[0-9a-f]{64}/g)].map(([hash]) => hash);
}

/** The content hash that Poetry itself computes for the project's pyproject.toml. */
function readPoetryHash(): string {
  const newest = interpreters[0]?.path ?? interpreter.path;
  const script =
    "from poetry.factory import Factory as F; print(F().create_poetry('.').locker._get_content_hash())";
  return runUv(
    "tool",
    "run",
    "--quiet",
    "--python",
    newest,
    "--from",
    "poetry==2.5.1",
    "python",
    "-c",
    script,
  ).trim();
}
