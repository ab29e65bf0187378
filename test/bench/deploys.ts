/** Deploys of examples/plain as its users see them: until the first byte of the right release. */

import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startMizan } from "../helpers/run-mizan.ts";
import { createTempProject, type TempProject } from "../helpers/temp-project.ts";
import { type Figure, medianOf, secondsFigure } from "./figure.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/plain");
const VERSION_FILE = "backend/notes/version.py";
const ROUNDS = 5;
/** A version that never answers is a failure, not a wait. */
const LIMIT_MS = 60_000;

export async function benchDeploys(): Promise<readonly Figure[]> {
  const project = await createTempProject(EXAMPLE);
  try {
    const startedAtMs = performance.now();
    const { url } = await project.mizan(["deploy"]);
    const first = performance.now() - startedAtMs;
    const origin = String(url);
    const redeploys: number[] = [];
    const rollbacks: number[] = [];
    const unchanged: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = await readVersion(origin);
      await project.edit(VERSION_FILE, (text) =>
        text.replace(/VERSION = .*/, `VERSION = "bench-${round}"`),
      );
      redeploys.push(await timeUntil(project, ["deploy"], origin, `bench-${round}`));
      rollbacks.push(await timeUntil(project, ["rollback"], origin, before ?? ""));
      await project.mizan(["rollback"]);
      unchanged.push(await timeWhole(project, ["deploy"]));
    }
    return [
      secondsFigure("first deploy (package caches warm, nothing in .mizan)", first, null),
      secondsFigure("redeploy, one Python file changed, first byte", medianOf(redeploys), 3),
      secondsFigure("deploy with nothing changed, whole command", medianOf(unchanged), 1),
      secondsFigure("rollback to the previous release, first byte", medianOf(rollbacks), 1),
    ];
  } finally {
    await project.remove();
  }
}

/** From the start of the command until the app answers with the version. */
async function timeUntil(
  project: TempProject,
  words: readonly string[],
  origin: string,
  version: string,
): Promise<number> {
  const startedAtMs = performance.now();
  const { finished } = startMizan(words, { cwd: project.folder });
  while ((await readVersion(origin)) !== version) {
    if (performance.now() - startedAtMs > LIMIT_MS) throw new Error(`${version} never answered`);
    await sleep(5);
  }
  const durationMs = performance.now() - startedAtMs;
  const { exitCode, stderr } = await finished;
  if (exitCode !== 0) throw new Error(`mizan ${words.join(" ")} ended with ${exitCode}\n${stderr}`);
  return durationMs;
}

async function timeWhole(project: TempProject, words: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  await project.mizan(words);
  return performance.now() - startedAtMs;
}

function readVersion(origin: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    get(`${origin}/api/version/`, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(/"version": "([^"]+)"/.exec(body)?.[1] ?? null));
    }).on("error", reject);
  });
}
