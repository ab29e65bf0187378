/** The shop in a temporary folder, with the stand-in's files where the repository has a link to them. */

import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTempProject, type TempProject } from "../../helpers/temp-project.ts";

const root = join(import.meta.dirname, "../../..");
const VENDOR = "backend/vendor/mizan";

export async function createShopProject(): Promise<TempProject> {
  const project = await createTempProject(join(root, "examples/shop"));
  const target = join(project.folder, VENDOR);
  await rm(target, { recursive: true, force: true });
  await cp(join(root, "test/standin/mizan"), target, { recursive: true });
  project.commit("The package itself");
  return project;
}

/** In place of the shop's own, whose pages then are rendered by browsers. */
export async function replaceConfig({ folder }: TempProject, config: object): Promise<void> {
  await rm(join(folder, "mizan.config.ts"));
  await writeFile(join(folder, "mizan.config.json"), JSON.stringify(config));
}

/** `X-Mizan-Edge` of a GET, whole: `HIT`, `MISS`, `BYPASS; reason=…`. */
export async function askMark(origin: unknown, path: string): Promise<string> {
  const answer = await fetch(new URL(path, String(origin)));
  await answer.arrayBuffer();
  return answer.headers.get("x-mizan-edge") ?? "none";
}
