import { createHash } from "node:crypto";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  removeUnusedAssets,
  storeAssets,
} from "../../../../../../cli/targets/local/edge/asset-store.ts";

let folder: string;
let site: string;
let assetsFolder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mz-assets-"));
  site = join(folder, "site");
  assetsFolder = join(folder, "assets");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(site, path)), { recursive: true });
  await writeFile(join(site, path), content);
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

test("a folder becomes a table from decoded URL to content, type, size and lifetime", async () => {
  await write("css/app.0a1b2c3d4e5f.css", "body{}");
  await write("ü 1.txt", "ü");
  const table = await storeAssets(site, "/static/", { assetsFolder });
  expect(table).toEqual({
    "/static/css/app.0a1b2c3d4e5f.css": {
      sha256: sha256("body{}"),
      contentType: "text/css; charset=utf-8",
      sizeBytes: 6,
      immutable: true,
    },
    "/static/ü 1.txt": {
      sha256: sha256("ü"),
      contentType: "text/plain; charset=utf-8",
      sizeBytes: 2,
      immutable: false,
    },
  });
  expect(await readFile(join(assetsFolder, sha256("body{}")), "utf8")).toBe("body{}");
});

test.each([
  ["/", "/a.txt"],
  ["/static", "/static/a.txt"],
  ["static/", "/static/a.txt"],
  ["/a/b/", "/a/b/a.txt"],
])("under %s it is %s", async (urlPrefix, url) => {
  await write("a.txt", "");
  expect(Object.keys(await storeAssets(site, urlPrefix, { assetsFolder }))).toEqual([url]);
});

test("hidden files, links out of the folder, in circles and to nowhere are left out", async () => {
  await write("real/a.txt", "a");
  await write(".env", "SECRET=1");
  await write(".git/config", "no");
  await write(".well-known/security.txt", "yes");
  await writeFile(join(folder, "outside.txt"), "no");
  await symlink("../outside.txt", join(site, "outside.txt"));
  await symlink("/etc", join(site, "etc"));
  await symlink("real/a.txt", join(site, "inside.txt"));
  await symlink(".", join(site, "circle"));
  await symlink("nowhere", join(site, "nowhere"));
  await symlink("self", join(site, "self"));
  const table = await storeAssets(site, "/", { assetsFolder });
  expect(Object.keys(table)).toEqual(["/.well-known/security.txt", "/inside.txt", "/real/a.txt"]);
});

test("equal files are kept once, and a later change of the source leaves the store alone", async () => {
  await write("a.txt", "same");
  await write("b.txt", "same");
  await storeAssets(site, "/", { assetsFolder });
  await write("a.txt", "changed");
  await storeAssets(site, "/", { assetsFolder });
  expect((await readdir(assetsFolder)).sort()).toEqual([sha256("same"), sha256("changed")].sort());
  expect(await readFile(join(assetsFolder, sha256("same")), "utf8")).toBe("same");
});

test("stored files can be read by another user than the one who built them", async () => {
  await write("a.txt", "a");
  await chmod(join(site, "a.txt"), 0o600);
  await storeAssets(site, "/", { assetsFolder });
  expect((await stat(join(assetsFolder, sha256("a")))).mode & 0o777).toBe(0o644);
});

test("what no table names is removed, with what a killed run left; strangers stay", async () => {
  await write("a.txt", "a");
  await write("b.txt", "b");
  const table = await storeAssets(site, "/", { assetsFolder });
  await writeFile(join(assetsFolder, ".new-0123"), "half");
  await writeFile(join(assetsFolder, "notes.txt"), "mine");
  const { "/a.txt": a } = table;
  if (a === undefined) throw new Error("a.txt was not stored");
  expect(await removeUnusedAssets(assetsFolder, [{ "/a.txt": a }])).toBe(2);
  expect((await readdir(assetsFolder)).sort()).toEqual([sha256("a"), "notes.txt"].sort());
  expect(await removeUnusedAssets(join(folder, "none"), [])).toBe(0);
});
