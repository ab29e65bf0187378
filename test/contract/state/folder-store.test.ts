import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFolderStore } from "../../../cli/state/folder-store.ts";
import { runStoreSuite } from "./store-suite.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "mizan-store-"));
});
afterAll(async () => {
  await rm(base, { recursive: true, force: true });
});

runStoreSuite("folder store", {
  describeEmptyStore: async () => ({
    module: new URL("../../../cli/state/folder-store.ts", import.meta.url).href,
    exportName: "createFolderStore",
    args: [await mkdtemp(join(base, "s-"))],
  }),
});

describe("folder store on the disk", () => {
  it("keeps folders at mode 0700 and files at 0600", async () => {
    const folder = join(base, "modes");
    await createFolderStore(folder).create("releases/a", 1);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, "releases/a"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, "releases/a/1.json"))).mode & 0o777).toBe(0o600);
  });

  it("keeps two files of a document, however often it is written", async () => {
    const folder = join(base, "bounded");
    const store = createFolderStore(folder);
    let etag = (await store.create("lease", 0)) ?? "";
    for (let count = 1; count < 20; count += 1) {
      etag = (await store.replace("lease", count, etag)) ?? "";
    }
    expect((await readdir(join(folder, "lease"))).sort()).toEqual(["1.json", "20.json"]);
  });

  it("reads without making the folder", async () => {
    const folder = join(base, "absent");
    expect(await createFolderStore(folder).read("current")).toBeNull();
    await expect(stat(folder)).rejects.toThrow("ENOENT");
  });

  it("says DISK_FULL on a full disk, keeps what was there, and goes on once there is space", async () => {
    const folder = join(base, "full");
    await mkdir(folder);
    const result = await runOnSmallDisk(folder);
    expect(result).toMatchObject({
      filled: "ENOSPC",
      replaced: { code: "DISK_FULL", hint: expect.stringContaining("Free some space") },
      created: { code: "DISK_FULL" },
      exitCode: 5,
      during: { release: "a" },
      leftovers: ["1.json"],
      after: "2",
    });
  });
});

/** A 1 MiB file system in a mount namespace of its own, which ends with the process. */
async function runOnSmallDisk(folder: string): Promise<unknown> {
  const child = fileURLToPath(new URL("./full-disk-child.ts", import.meta.url));
  const script = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" "$1"';
  const command = ["unshare", "-m", "sh", "-c", script, "sh", folder, process.execPath, child];
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const [program = "", ...args] = [...asRoot, ...command];
  const { stdout } = await promisify(execFile)(program, args);
  return JSON.parse(stdout);
}
