/**
 * Runs the pytest suite of `runtime/origin` in one virtual environment per supported Django.
 *
 * `node test/runtime/run.ts [--only 5.2] [pytest arguments…]`. The last line is
 * `N passed, N failed, N skipped`; the exit status is 1 on a failure. A missing interpreter is one.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

interface Suite {
  /** Django series, what `--only` names. */
  readonly django: string;
  /** Python series. */
  readonly python: string;
  readonly requirements: readonly string[];
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const COMMON = [
  "gunicorn",
  "uvicorn",
  "uvicorn-worker",
  "websockets",
  "celery",
  "redis",
  "channels-redis",
  "psycopg[binary]",
  "django-environ",
  "python-decouple",
  "django-configurations",
  "pydantic-settings",
  "pytest",
];

/** The oldest and newest Python with the oldest, the middle and the newest Django. */
const SUITES: readonly Suite[] = [
  // dj-database-url 3 claims Python 3.8 but does not import there.
  { django: "4.2", python: "3.8", requirements: ["django~=4.2.0", "dj-database-url<3", ...COMMON] },
  { django: "5.2", python: "3.11", requirements: ["django~=5.2.0", "dj-database-url", ...COMMON] },
  { django: "6", python: "3.13", requirements: ["django>=6,<7", "dj-database-url", ...COMMON] },
];

const PROJECT = join(import.meta.dirname, "..", "..");
const CACHE = join(PROJECT, ".cache");
const UV_VERSION = "0.13.9";

function run(
  program: string,
  args: readonly string[],
  options: { readonly quiet?: boolean } = {},
): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: join(PROJECT, "test", "runtime"),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      if (options.quiet !== true) {
        process.stdout.write(chunk);
      }
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.on("close", (code) => resolve({ status: code ?? 1, output }));
  });
}

async function runOrThrow(program: string, args: readonly string[]): Promise<void> {
  const { status, output } = await run(program, args, { quiet: true });
  if (status !== 0) {
    throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${output}`);
  }
}

function findOnPath(name: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder !== "" && existsSync(join(folder, name))) {
      return join(folder, name);
    }
  }
  return null;
}

/** `uv` from the PATH, else one of our own under `.cache/uv`. */
async function ensureUv(): Promise<string> {
  const own = join(CACHE, "uv", "bin", "uv");
  const found = findOnPath("uv") ?? (existsSync(own) ? own : null);
  if (found !== null) {
    return found;
  }
  console.log(`Installing uv ${UV_VERSION} into .cache/uv`);
  const target = join(CACHE, "uv");
  await runOrThrow("python3", [
    "-m",
    "pip",
    "install",
    "-q",
    "--target",
    target,
    `uv==${UV_VERSION}`,
  ]);
  return own;
}

/** A real interpreter that pyenv has installed, else the version, for uv to find or to fetch. */
function findPython(version: string): string {
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const names = existsSync(versions) ? readdirSync(versions) : [];
  const name = names.find((entry) => entry.startsWith(`${version}.`));
  return name === undefined ? version : join(versions, name, "bin", "python3");
}

/** Returns the Python of the suite's virtual environment; it is made anew when its requirements change. */
async function ensureVenv(uv: string, suite: Suite): Promise<string> {
  const key = createHash("sha256").update(JSON.stringify(suite)).digest("hex").slice(0, 12);
  const folder = join(CACHE, "venvs", `runtime-${suite.django}-${key}`);
  const python = join(folder, "bin", "python");
  const complete = join(folder, ".complete");
  if (!existsSync(complete)) {
    console.log(`Making ${folder} (Python ${suite.python})`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(CACHE, "venvs"), { recursive: true });
    await runOrThrow(uv, ["venv", "-q", "--python", findPython(suite.python), folder]);
    await runOrThrow(uv, ["pip", "install", "-q", "--python", python, ...suite.requirements]);
    writeFileSync(complete, "");
  }
  return python;
}

/** Counts of a JUnit report; null if there is none or it cannot be read. */
function readCounts(path: string): Counts | null {
  if (!existsSync(path)) {
    return null;
  }
  const head = /<testsuite [^>]*>/.exec(readFileSync(path, "utf8"))?.[0] ?? "";
  const count = (name: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1]);
  const failed = count("failures") + count("errors");
  const skipped = count("skipped");
  const passed = count("tests") - failed - skipped;
  return Number.isNaN(passed) ? null : { passed, failed, skipped };
}

async function runSuite(uv: string, suite: Suite, args: readonly string[]): Promise<Counts> {
  const title = `Django ${suite.django}, Python ${suite.python}`;
  const report = join(CACHE, "reports", `runtime-${suite.django}.xml`);
  rmSync(report, { force: true });
  try {
    const python = await ensureVenv(uv, suite);
    const pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", `--junitxml=${report}`];
    const { status, output } = await run(python, [...pytest, ...args], { quiet: true });
    console.log(`--- ${title}\n${output.trimEnd()}`);
    const counts = readCounts(report);
    if (counts === null || (status !== 0 && counts.failed === 0)) {
      throw new Error(`pytest ended with ${status} and without a result`);
    }
    return counts;
  } catch (error) {
    console.log(`--- ${title}\nFAILED: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const position = args.indexOf("--only");
  const only = position < 0 ? undefined : args.splice(position, 2)[1];
  const suites = SUITES.filter((suite) => only === undefined || suite.django === only);
  if (suites.length === 0) {
    throw new Error(`--only takes one of ${SUITES.map((suite) => suite.django).join(", ")}`);
  }
  mkdirSync(join(CACHE, "reports"), { recursive: true });
  const uv = await ensureUv();
  // At the same time: most of a test is waiting for processes to start.
  const all = await Promise.all(suites.map((suite) => runSuite(uv, suite, args)));
  const sum = (name: keyof Counts): number =>
    all.reduce((total, counts) => total + counts[name], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}

await main();
