/** Shows the product on a real app: deploy, write, deploy a change, roll back, destroy. Every step can fail it. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { builtBin, expectMizan } from "../helpers/run-mizan.ts";
import { createTempProject, type TempProject } from "../helpers/temp-project.ts";
import { root } from "./steps.ts";

const VERSION_FILE = "backend/notes/version.py";
const keep = process.argv.includes("--keep");
const startedAtMs = performance.now();

const project = await createTempProject(join(root, "examples/plain"));
say(`The app: a copy of examples/plain in ${project.folder}`);
await showDemo(project).catch(fail);
if (keep && process.exitCode === undefined) {
  const { url } = await expectMizan(["status"], { cwd: project.folder });
  say(`Left running at ${url}. To end it: cd ${project.folder} && mizan destroy --yes`);
} else {
  await project.remove().catch(fail);
}

function fail(error: Error): void {
  console.error(`FAILED ${error.message}`);
  process.exitCode = 1;
}

async function showDemo({ folder, edit, commit, processes }: TempProject): Promise<void> {
  mizan(folder, "deploy");
  const { url, release } = await expectMizan(["status"], { cwd: folder });
  const origin = String(url);

  const page = await fetchText(origin, "/");
  say(`GET / answers: ${/<title>(.*?)<\/title>/.exec(page)?.[1] ?? page.slice(0, 80)}`);
  const version = await fetchText(origin, "/api/version/");
  say(`GET /api/version/ answers: ${version}`);
  const note = await writeNote(origin);
  say(`POST /api/notes/ wrote note ${note}`);

  await edit(VERSION_FILE, (text) => text.replace(/VERSION = ".*"/, 'VERSION = "2.0.0-demo"'));
  commit("A new version");
  say(`Changed ${VERSION_FILE}`);
  mizan(folder, "deploy");
  await expectText(origin, "/api/version/", "2.0.0-demo");
  await expectText(origin, `/api/notes/${note}/`, "Written by the demo");
  say("The new version answers, and the note is still there");

  mizan(folder, "rollback");
  await expectText(origin, "/api/version/", version);
  await expectText(origin, `/api/notes/${note}/`, "Written by the demo");
  say(`Release ${release} answers again, and the note is still there`);
  if (keep) return;

  const running = processes();
  mizan(folder, "destroy", "--yes");
  const left = processes();
  if (left.length > 0) throw new Error(`still running: ${JSON.stringify(left)}`);
  say(`${running.length} processes were running; none is left`);
}

/** Runs the program as a person sees it; its words go straight to the terminal. */
function mizan(cwd: string, ...words: readonly string[]): void {
  say(`$ mizan ${words.join(" ")}`);
  const { status } = spawnSync(process.execPath, [builtBin, ...words], { cwd, stdio: "inherit" });
  if (status !== 0) throw new Error(`mizan ${words.join(" ")} ended with ${status}`);
}

/** As the React app does it: the token from the session, then the write. */
async function writeNote(origin: string): Promise<number> {
  const session = await fetch(new URL("/api/session/", origin));
  const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]);
  const token = /csrftoken=(\w+)/.exec(cookie.join("; "))?.[1] ?? "";
  const answer = await fetch(new URL("/api/notes/", origin), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-csrftoken": token,
      cookie: cookie.join("; "),
      origin,
    },
    body: JSON.stringify({
      title: "A note of the demo",
      body: "Written by the demo",
      place: "Here",
      author: "Demo",
    }),
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`POST /api/notes/ answered ${answer.status}: ${text}`);
  return (JSON.parse(text) as { id: number }).id; // the example's own answer
}

async function fetchText(origin: string, path: string): Promise<string> {
  const answer = await fetch(new URL(path, origin));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${text}`);
  return text;
}

async function expectText(origin: string, path: string, wanted: string): Promise<void> {
  const text = await fetchText(origin, path);
  if (!text.includes(wanted)) throw new Error(`GET ${path} answered ${text}, without ${wanted}`);
}

function say(text: string): void {
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
  console.log(`[${seconds} s] ${text}`);
}
