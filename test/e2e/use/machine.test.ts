/** What is wrong on the machine or in the config: a typed error, one next step, and nothing lost. */

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdtemp, rm, statfs, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createFolderStore } from "../../../cli/state/folder-store.ts";
import { updateDocument } from "../../../cli/state/update-document.ts";
import { findFreePort } from "../../helpers/free-port.ts";
import { createTempProject, type TempProject } from "../../helpers/temp-project.ts";
import { apps, createTinyProject, expectFailure, fetchJson, urlOf } from "./use-mizan.ts";

/** Removed in the end. */
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

/** A PATH with everything that this machine has, but these programs. */
async function createPathWithout(names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mz-path-"));
  folders.push(folder);
  const seen = new Set(names);
  for (const place of (process.env["PATH"] ?? "").split(delimiter).filter(existsSync)) {
    for (const name of readdirSync(place).filter((each) => !seen.has(each))) {
      seen.add(name);
      await symlink(join(place, name), join(folder, name));
    }
  }
  return folder;
}

/** A Node that sees an empty folder in place of this one: servers of data are also found off PATH. */
async function createNodeWithout(folder: string): Promise<string> {
  if (!existsSync(folder)) return process.execPath;
  const bin = await mkdtemp(join(tmpdir(), "mz-node-"));
  folders.push(bin);
  const program = join(bin, "node");
  const inside = `mount -t tmpfs none ${folder} && exec ${process.execPath} "$@"`;
  const script = `#!/bin/sh\nexec unshare --mount sh -c '${inside}' sh "$@"\n`;
  await writeFile(program, script, { mode: 0o755 });
  return program;
}

describe("before a first deploy, nothing is left behind:", () => {
  let project: TempProject;
  beforeAll(async () => {
    project = await createTinyProject();
  });
  afterAll(() => project.remove());

  test("a config with mistakes names all of them, each with its path", async () => {
    const config = {
      facts: { "backend.interface": "cgi" },
      environments: { local: { port: 80000, wokers: 2, target: "aws" }, Bad_Name: {} },
    };
    const file = join(project.folder, "mizan.config.json");
    await writeFile(file, JSON.stringify(config));
    const { message, details } = await expectFailure(project, ["deploy"], "CONFIG_INVALID");
    const all = `${message}\n${JSON.stringify(details)}`;
    for (const path of ["backend.interface", "local.port", "wokers", "local.target", "Bad_Name"]) {
      expect(all).toContain(path);
    }
    await writeFile(file, "{ not json");
    expect((await expectFailure(project, ["status"], "CONFIG_INVALID")).message).toContain(
      "mizan.config.json",
    );
    await rm(file);
    expect(existsSync(join(project.folder, ".mizan"))).toBe(false);
  });

  test("an empty folder and a folder that is not there", async () => {
    const empty = await createTempProject(null);
    onTestFinished(() => empty.remove());
    await expectFailure(empty, ["deploy"], "APP_NOT_FOUND");
    expect(readdirSync(empty.folder)).toEqual([".git"]);
    await expectFailure(project, ["deploy", "--cwd", "nowhere"], "USAGE");
  });

  test("no Python that fits: which version, who asks for it, what to change", async () => {
    const file = join(project.folder, ".python-version");
    await writeFile(file, "3.99\n");
    const { message, hint } = await expectFailure(project, ["deploy"], "PYTHON_MISSING");
    expect(message).toContain("3.99");
    expect(message).toContain(".python-version");
    expect(hint).toContain("Change the Python version (.python-version:1)");
    await rm(file);
  });

  test("a frontend without npm on the machine", async () => {
    await project.edit("web/package.json", () =>
      JSON.stringify({
        name: "web",
        scripts: { build: "vite build" },
        dependencies: { react: "*" },
        devDependencies: { vite: "*" },
      }),
    );
    const env = { PATH: await createPathWithout(["npm", "npx"]) };
    const error = await expectFailure(project, ["deploy"], "TOOL_MISSING", { env });
    expect(error.message).toContain("npm");
    await rm(join(project.folder, "web"), { recursive: true });
  });

  test("a port that another program holds: which one, and that it is the config's", async () => {
    const port = await findFreePort();
    const other = await listen(port);
    const file = join(project.folder, "mizan.config.json");
    await writeFile(file, JSON.stringify({ environments: { local: { port } } }));
    const { message, hint } = await expectFailure(project, ["deploy"], "PORT_TAKEN");
    expect(message).toContain(`${port}`);
    expect(message + hint).toContain(`${process.pid}`);
    expect(await project.mizan(["status"])).toMatchObject({ release: null });
    expect(project.processes()).toEqual([]);
    await close(other);
    expect(urlOf(await project.mizan(["deploy"]))).toBe(`http://127.0.0.1:${port}`);
  });
});

describe("with a live release, it goes on:", () => {
  let project: TempProject;
  let url = "";
  beforeAll(async () => {
    project = await createTinyProject();
    // A machine without uv and git: uv comes from the index, the commit is unknown.
    const env = { PATH: await createPathWithout(["uv", "uvx", "git"]) };
    url = urlOf(await project.mizan(["deploy"], { env }));
  });
  afterAll(() => project.remove());

  test("uv and git are not needed", async () => {
    const { releases } = await project.mizan(["releases"]);
    expect(releases).toMatchObject([{ status: "live", gitCommit: null }]);
    expect(existsSync(join(project.folder, ".mizan/tools"))).toBe(true);
  });

  test("state of a newer mizan is refused by every command, and not touched", async () => {
    const state = join(project.folder, ".mizan/env/local/state");
    const store = createFolderStore(state);
    const setVersion = (version: number) =>
      updateDocument(store, "format", () => ({ version, mizanVersion: "9.0.0" }));
    await setVersion(99);
    const before = readdirSync(state, { recursive: true });
    for (const words of [["deploy"], ["status"], ["releases"], ["rollback"], ["up"], ["down"]]) {
      const { message } = await expectFailure(project, words, "STATE_NEWER");
      expect(message).toContain("9.0.0");
    }
    await expectFailure(project, ["destroy", "--yes"], "STATE_NEWER");
    expect(readdirSync(state, { recursive: true })).toEqual(before);
    expect(await fetchJson(url, "/")).toMatchObject({ version: "1" });
    await setVersion(1);
    expect(await project.mizan(["status"])).toMatchObject({ state: "up" });
  });

  test("its port stolen while it was down: an error, and it comes back once the port is free", async () => {
    await project.mizan(["down"]);
    const thief = await listen(Number(new URL(url).port));
    const { message } = await expectFailure(project, ["up"], "PORT_TAKEN");
    expect(message).toContain(new URL(url).port);
    await close(thief);
    expect(urlOf(await project.mizan(["up"]))).toBe(url);
    expect(await fetchJson(url, "/")).toMatchObject({ version: "1" });
  });

  test("no PostgreSQL on the machine: how to get it here", async () => {
    await project.edit("tiny/settings.py", (text) =>
      text.replace(
        /^DATABASES = .*$/m,
        'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}',
      ),
    );
    await project.edit("requirements.txt", (text) => `${text}psycopg[binary]\n`);
    const env = { PATH: await createPathWithout(["postgres", "initdb", "pg_isready"]) };
    const node = await createNodeWithout("/usr/lib/postgresql");
    const error = await expectFailure(project, ["deploy"], "TOOL_MISSING", { env, node });
    expect(error.message).toContain("PostgreSQL");
    expect(error.hint).toMatch(/install/);
    expect(await fetchJson(url, "/")).toMatchObject({ version: "1" });
  });
});

describe("on a disk that fills up,", () => {
  let project: TempProject;
  let url = "";
  const mount = (...words: string[]) => execFileSync("mount", words);
  const fill = () => join(project.folder, ".mizan/fill");

  beforeAll(async () => {
    project = await createTempProject(null);
    mount("-t", "tmpfs", "-o", "size=400m", "none", project.folder);
    await cp(join(apps, "tiny"), project.folder, { recursive: true });
    url = urlOf(await project.mizan(["deploy"]));
    await fetchJson(url, "/add/?text=kept");
  });
  afterAll(async () => {
    await project.mizan(["destroy", "--yes"]);
    execFileSync("umount", [project.folder]);
    await project.remove();
  });

  /** Leaves this much. */
  async function fillUp(freeBytes: number): Promise<void> {
    await rm(fill(), { force: true });
    const { bavail, bsize } = await statfs(project.folder);
    execFileSync("fallocate", ["-l", String(bavail * bsize - freeBytes), fill()]);
  }

  test.each([
    { left: "nothing", freeBytes: 0 },
    { left: "a little", freeBytes: 64 * 1024 },
    { left: "enough for the sources, not for the packages", freeBytes: 2 * 1024 * 1024 },
  ])("with $left left, a deploy fails as such and the live release goes on", async (how) => {
    await project.edit("requirements.txt", (text) => `${text}# ${how.left}\nsqlparse<1\n`);
    await fillUp(how.freeBytes);
    const error = await expectFailure(project, ["deploy"], "DISK_FULL");
    expect(error.hint).toMatch(/space/);
    expect(await fetchJson(url, "/")).toMatchObject({ version: "1" });
    await rm(fill());
    await project.mizan(["deploy"]);
    expect(await fetchJson(url, "/add/?text=more")).toMatchObject({
      notes: expect.arrayContaining(["kept"]),
    });
  });
});
