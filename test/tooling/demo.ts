/** Shows the product on a real app: deploy, cached reads, a mutation, two users, rendered pages, the next release. Every step can fail it. */

import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createShopProject } from "../e2e/mizan/shop-project.ts";
import { builtBin, expectMizan } from "../helpers/run-mizan.ts";
import { ShopVisitor } from "../helpers/shop-visitor.ts";
import type { TempProject } from "../helpers/temp-project.ts";
import {
  type Shop,
  showCache,
  showMutation,
  showPage,
  showTwoUsers,
  showWarmth,
} from "./demo-shop.ts";

const PASSWORD = "quiet-reed-bed";
const CODE = "backend/catalogue/clients.py";
const keep = process.argv.includes("--keep");
const startedAtMs = performance.now();

const project = await createShopProject();
say(`A pottery's shop, Django with Mizan and React: a copy of examples/shop in ${project.folder}`);
await showDemo(project).catch(fail);
if (keep && process.exitCode === undefined) {
  const { url } = await expectMizan(["status"], { cwd: project.folder });
  say(`Left running at ${url}; ana, tom and potter (staff) sign in with "${PASSWORD}".`);
  console.log(`  Look  cd ${project.folder} && node ${builtBin} edge stats`);
  console.log(`  End   cd ${project.folder} && node ${builtBin} destroy --yes`);
} else {
  await project.remove().catch(fail);
}
if (process.exitCode === undefined) sayWhatNext();

function fail(error: Error): void {
  console.error(`FAILED ${error.message}`);
  process.exitCode = 1;
}

async function showDemo({ folder, edit, commit, processes }: TempProject): Promise<void> {
  mizan(folder, "deploy");
  const { url } = await expectMizan(["status"], { cwd: folder });
  const shop = await addPeople(folder, String(url));

  say("A context is asked of the app once, then answered by the Edge");
  await showCache(shop);
  say("A mutation empties what it changed, before its own answer leaves");
  await showMutation(shop);
  say("Two users at one address: each has an entry of their own");
  await showTwoUsers(shop);
  say("A page is rendered at the Edge, of contexts: what changes one of them changes the page");
  await showPage(shop);

  await edit(CODE, (text) => text.replace("rev=2", "rev=3"));
  commit("Other parcels");
  say(`A new release: context delivery has a new rev (${CODE})`);
  mizan(folder, "deploy");
  await showWarmth(shop);
  mizan(folder, "edge", "stats");
  if (keep) return;

  const running = processes();
  mizan(folder, "destroy", "--yes");
  const left = processes();
  if (left.length > 0) throw new Error(`still running: ${JSON.stringify(left)}`);
  say(`${running.length} processes were running; none is left`);
}

/** The password goes by a file: `mizan run` hands no variables of the shell to the app. */
async function addPeople(folder: string, url: string): Promise<Shop> {
  const secrets = await mkdtemp(join(tmpdir(), "mz-demo-"));
  const file = join(secrets, "password");
  await writeFile(file, PASSWORD, { mode: 0o600 });
  mizan(folder, "run", "add_sample_people", "--password-file", file);
  await rm(secrets, { recursive: true });
  const [ana, tom, potter] = [new ShopVisitor(url), new ShopVisitor(url), new ShopVisitor(url)];
  const anaId = await ana.signIn("ana", PASSWORD);
  await tom.signIn("tom", PASSWORD);
  await potter.signIn("potter", PASSWORD);
  return { visitor: new ShopVisitor(url), ana, anaId, tom, potter };
}

/** Runs the program as a person sees it; its words go straight to the terminal. */
function mizan(cwd: string, ...words: readonly string[]): void {
  say(`$ mizan ${words.join(" ")}`);
  const { status } = spawnSync(process.execPath, [builtBin, ...words], { cwd, stdio: "inherit" });
  if (status !== 0) throw new Error(`mizan ${words.join(" ")} ended with ${status}`);
}

function say(text: string): void {
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
  console.log(`\n[${seconds} s] ${text}`);
}

function sayWhatNext(): void {
  const look = keep ? [] : ["npm run demo -- --keep         the same, and it stays up to look at"];
  const next = [
    ...look,
    "npx mizan deploy               in your own project (README: In your own project)",
    "npm test                       every proof of it, against real parts",
  ];
  console.log(`\nNext\n${next.map((line) => `  ${line}`).join("\n")}`);
}
