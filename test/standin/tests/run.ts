/** Runs the tests of the stand-in for `mizan` with pytest. The last line is `N passed, N failed, N skipped`. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const PYTHON = "3.11";
const REQUIREMENTS = ["Django~=5.2.0", "pytest", "-e", join(import.meta.dirname, "../mizan")];

const cache = join(import.meta.dirname, "../../../.cache");
const venv = join(cache, "venvs/standin");
const python = join(venv, "bin/python");
const report = join(cache, "reports/standin.xml");

mkdirSync(join(cache, "venvs"), { recursive: true });
mkdirSync(join(cache, "reports"), { recursive: true });
rmSync(report, { force: true });
if (!existsSync(python)) mustRun("uv", ["venv", "--quiet", "--python", PYTHON, venv]);
mustRun("uv", ["pip", "install", "--quiet", "--python", python, ...REQUIREMENTS]);
const pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", `--junitxml=${report}`];
const status = run(python, [...pytest, ...process.argv.slice(2)]);
const counts = readCounts();
// A runner that ended badly has failed, whatever its report says.
const failed = status === 0 ? counts.failed : Math.max(counts.failed, 1);
console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
if (failed > 0) process.exitCode = 1;

function readCounts(): { passed: number; failed: number; skipped: number } {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const head = /<testsuite [^>]*>/.exec(readFileSync(report, "utf8"))?.[0] ?? "";
  const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1]);
  const failed = count("failures") + count("errors");
  const skipped = count("skipped");
  return { passed: count("tests") - failed - skipped, failed, skipped };
}

function run(program: string, words: readonly string[]): number | null {
  const { status, error } = spawnSync(program, words, {
    cwd: import.meta.dirname,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error) throw error;
  return status;
}

function mustRun(program: string, words: readonly string[]): void {
  const status = run(program, words);
  if (status !== 0) throw new Error(`${program} ${words[0] ?? ""} ended with ${status}`);
}
