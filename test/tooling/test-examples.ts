/** Runs the examples' own tests, as their READMEs say: Django's runner and vitest. The last line is the sum. */

import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Counts, parseDjangoSummary, readVitestCounts } from "./count-tests.ts";
import { reportsFolder, root } from "./steps.ts";

/** Newest Python that every example's packages have wheels for. */
const PYTHON = "3.11";

type Variables = Readonly<Record<string, string>>;

const backends = globSync("examples/*/**/manage.py", { cwd: root, exclude: isForeign });
const frontends = globSync("examples/*/**/package.json", { cwd: root, exclude: isForeign });

const counts = [
  ...backends.map((file) => testBackend(dirname(file))),
  ...frontends.filter(hasTestScript).map((file) => testFrontend(dirname(file))),
];
const total = counts.reduce(
  (sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: sum.skipped + skipped,
  }),
  { passed: 0, failed: 0, skipped: 0 },
);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (total.failed > 0) process.exitCode = 1;

function isForeign(path: string): boolean {
  return /node_modules|\.venv|\.mizan/.test(path);
}

/** Django prints its summary on stderr: `Ran 12 tests in 0.4s`, then `OK (skipped=1)`. */
function testBackend(folder: string): Counts {
  const venv = join(root, ".cache/venvs", folder.replaceAll("/", "-"));
  const python = join(venv, "bin/python");
  const cwd = join(root, folder);
  if (!existsSync(python)) mustRun("uv", ["venv", "--quiet", "--python", PYTHON, venv], cwd);
  installPackages(cwd, venv);
  const { status, output } = run(python, ["manage.py", "test"], cwd);
  return distrust(status, parseDjangoSummary(output));
}

/** As the lock file says. */
function installPackages(cwd: string, venv: string): void {
  if (existsSync(join(cwd, "uv.lock"))) {
    mustRun("uv", ["sync", "--quiet", "--frozen", "--active"], cwd, { VIRTUAL_ENV: venv });
    return;
  }
  const python = join(venv, "bin/python");
  mustRun("uv", ["pip", "sync", "--quiet", "--python", python, "requirements.txt"], cwd);
}

function testFrontend(folder: string): Counts {
  const report = join(reportsFolder, `${folder.replaceAll("/", "-")}.json`);
  const cwd = join(root, folder);
  mkdirSync(reportsFolder, { recursive: true });
  rmSync(report, { force: true });
  mustRun("npm", ["ci", "--no-audit", "--no-fund"], cwd);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = run("npm", ["exec", "--", "vitest", "run", ...reporters], cwd);
  return distrust(status, readVitestCounts(report));
}

/** A runner that ended badly has failed, whatever its report says. */
function distrust(status: number | null, counts: Counts | null): Counts {
  if (counts !== null && (status === 0 || counts.failed > 0)) return counts;
  return { passed: 0, skipped: 0, ...counts, failed: 1 };
}

function hasTestScript(file: string): boolean {
  const manifest = JSON.parse(readFileSync(join(root, file), "utf8")) as {
    scripts?: { test?: string };
  };
  return manifest.scripts?.test !== undefined;
}

/** Shows the output, and returns it. */
function run(program: string, words: readonly string[], cwd: string, variables: Variables = {}) {
  console.log(`${relative(root, cwd)}: ${program} ${words.join(" ")}`);
  const env = { ...process.env, ...variables };
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd,
    env,
    encoding: "utf8",
  });
  if (error) throw error;
  const output = stdout + stderr;
  console.log(output);
  return { status, output };
}

function mustRun(
  program: string,
  words: readonly string[],
  cwd: string,
  variables: Variables = {},
): void {
  const { status } = run(program, words, cwd, variables);
  if (status !== 0) throw new Error(`${program} ${words[0] ?? ""} ended with ${status}`);
}
