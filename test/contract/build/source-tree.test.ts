import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copySourceTree } from "../../../cli/build/copy-source-tree.ts";
import { readGitState } from "../../../cli/build/git-state.ts";
import { readSourceTree } from "../../../cli/build/source-tree.ts";

const environment = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
let folder: string;
let project: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-tree-"));
  project = join(folder, "app");
  mkdirSync(project);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text = path): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

function git(...args: string[]): void {
  const identity = [
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.com",
    "-c",
    "protocol.file.allow=always",
  ];
  execFileSync("git", [...identity, ...args], { cwd: project, stdio: "pipe" });
}

async function readPaths(): Promise<string[]> {
  const tree = await readSourceTree(project, { environment });
  return tree.files.map(({ path }) => path);
}

describe.each(["git", "no repository"])("a source tree (%s)", (kind) => {
  beforeEach(() => {
    if (kind === "git") git("init", "-q");
  });

  it("holds what is not ignored, and never secrets, tools' folders or virtual environments", async () => {
    write(".gitignore", "*.log\n/dist\n");
    write("web/.gitignore", "out\n!keep.log\n");
    for (const path of ["manage.py", "web/a.ts", "web/keep.log", "ümlaut/ñ.py"]) write(path);
    for (const path of ["a.log", "dist/x", "web/out/y", ".env", "web/.env.production", ".envrc"])
      write(path);
    for (const path of ["node_modules/x/i.js", ".mizan/a", "app/__pycache__/a.pyc", ".venv/x"])
      write(path);
    write("myenv/pyvenv.cfg");
    write("myenv/lib/x.py");
    expect(await readPaths()).toEqual([
      ".gitignore",
      "manage.py",
      "web/.gitignore",
      "web/a.ts",
      "web/keep.log",
      "ümlaut/ñ.py",
    ]);
  });

  it("leaves out what the caller names", async () => {
    for (const path of ["a.py", "db.sqlite3", "media/x.png"]) write(path);
    const tree = await readSourceTree(project, { environment, leaveOut: ["db.sqlite3", "media"] });
    expect(tree.files.map(({ path }) => path)).toEqual(["a.py"]);
  });
});

describe("readSourceTree", () => {
  it("leaves out deleted files and holds untracked ones", async () => {
    git("init", "-q");
    write("gone.py");
    write("kept.py");
    git("add", "-A");
    rmSync(join(project, "gone.py"));
    write("new.py");
    expect(await readPaths()).toEqual(["kept.py", "new.py"]);
  });

  it("holds the files of submodules and of repositories inside", async () => {
    const library = join(folder, "library");
    mkdirSync(library);
    writeFileSync(join(library, "lib.py"), "1");
    const other = { cwd: library, stdio: "pipe" } as const;
    execFileSync("git", ["init", "-q"], other);
    execFileSync("git", ["add", "-A"], other);
    const commit = ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x"];
    execFileSync("git", commit, other);
    git("init", "-q");
    git("submodule", "--quiet", "add", library, "vendor/library");
    execFileSync("git", ["clone", "-q", library, join(project, "inner")], { stdio: "pipe" });
    expect(await readPaths()).toEqual([".gitmodules", "inner/lib.py", "vendor/library/lib.py"]);
  });

  it("keeps links that stay inside, rewrites absolute ones, and says which do not ship", async () => {
    write("a.py");
    symlinkSync("a.py", join(project, "b.py"));
    symlinkSync(join(project, "a.py"), join(project, "c.py"));
    symlinkSync("/etc/hostname", join(project, "d"));
    symlinkSync("../other", join(project, "e"));
    const tree = await readSourceTree(project, { environment });
    expect(tree.files.map(({ path, target }) => [path, target])).toEqual([
      ["a.py", null],
      ["b.py", "a.py"],
      ["c.py", "a.py"],
    ]);
    expect(tree.findings.map(({ code, evidence }) => [code, evidence])).toEqual([
      ["SOURCE_NOT_SHIPPED", "d"],
      ["SOURCE_NOT_SHIPPED", "e"],
    ]);
  });

  it("changes its hash with content, name, executable bit and link target, and with nothing else", async () => {
    write("a.py", "1");
    symlinkSync("a.py", join(project, "l"));
    const hashOf = async () => (await readSourceTree(project, { environment })).treeHash;
    const seen = [await hashOf()];
    writeFileSync(join(project, "a.py"), "1");
    expect(await hashOf()).toBe(seen[0]);
    const changes = [
      () => writeFileSync(join(project, "a.py"), "2"),
      () => chmodSync(join(project, "a.py"), 0o755),
      () => write("b.py", "2"),
      () => {
        rmSync(join(project, "l"));
        symlinkSync("b.py", join(project, "l"));
      },
    ];
    for (const change of changes) {
      change();
      seen.push(await hashOf());
    }
    expect(new Set(seen).size).toBe(5);
  });

  it("stops when it is interrupted", async () => {
    write("a.py");
    const signal = AbortSignal.abort();
    await expect(readSourceTree(project, { environment, signal })).rejects.toMatchObject({
      code: "INTERRUPTED",
    });
  });
});

describe("copySourceTree", () => {
  it("copies files, links and executable bits, and the copy has the hash of the tree", async () => {
    write("deep/er/a.py", "1");
    write("run.sh");
    chmodSync(join(project, "run.sh"), 0o700);
    symlinkSync("deep", join(project, "link"));
    const tree = await readSourceTree(project, { environment });
    const copy = await copySourceTree(tree, join(folder, "copy"));
    expect(copy.treeHash).toBe(tree.treeHash);
    expect(readFileSync(join(folder, "copy/link/er/a.py"), "utf8")).toBe("1");
    expect(lstatSync(join(folder, "copy/run.sh")).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(folder, "copy/link"))).toBe("deep");
  });

  it("hashes what it copied, not what was there before an edit", async () => {
    write("a.py", "old");
    write("gone.py");
    write("large.bin", "");
    truncateSync(join(project, "large.bin"), 20 * 1024 * 1024);
    const tree = await readSourceTree(project, { environment });
    write("a.py", "new");
    write("added.py");
    rmSync(join(project, "gone.py"));
    const copy = await copySourceTree(tree, join(folder, "copy"));
    write("a.py", "later");
    expect(readFileSync(join(folder, "copy/a.py"), "utf8")).toBe("new");
    expect(existsSync(join(folder, "copy/added.py"))).toBe(false);
    expect(copy.treeHash).not.toBe(tree.treeHash);
    const again = await readSourceTree(join(folder, "copy"), { environment });
    expect(again.treeHash).toBe(copy.treeHash);
  });

  it("leaves nothing behind when it is interrupted", async () => {
    write("a.py");
    const tree = await readSourceTree(project, { environment });
    const copying = copySourceTree(tree, join(folder, "copy"), { signal: AbortSignal.abort() });
    await expect(copying).rejects.toMatchObject({ code: "INTERRUPTED" });
    expect(existsSync(join(folder, "copy"))).toBe(false);
  });
});

describe("readGitState", () => {
  it("tells the commit, and dirt of this folder only", async () => {
    expect(await readGitState({ folder: project, environment })).toBeNull();
    git("init", "-q");
    write("a/x.py");
    write("b/y.py");
    expect(await readGitState({ folder: project, environment })).toBeNull();
    git("add", "-A");
    git("commit", "-qm", "x");
    const part = join(project, "a");
    expect(await readGitState({ folder: part, environment })).toMatchObject({ dirty: false });
    write("b/z.py");
    expect(await readGitState({ folder: part, environment })).toMatchObject({ dirty: false });
    const state = await readGitState({ folder: project, environment });
    expect(state?.dirty).toBe(true);
    expect(state?.commit).toMatch(/^[0-9a-f]{40}$/);
  });
});
