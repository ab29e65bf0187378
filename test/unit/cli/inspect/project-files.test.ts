import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readProjectFiles } from "../../../../cli/inspect/project-files.ts";

const folders: string[] = [];

function createProject(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "mz-files-"));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test("leaves out what the .gitignore of any folder ignores, the innermost deciding", () => {
  const root = createProject({
    ".gitignore": "*.log\n/build/\nlocal.py\n",
    "a.py": "",
    "x.log": "",
    "build/out.js": "",
    "app/build/kept.js": "",
    "app/.gitignore": "!keep.log\nsecret/\n",
    "app/keep.log": "",
    "app/other.log": "",
    "app/secret/key.py": "",
    "app/local.py": "",
    "secret/kept.py": "",
  });
  expect(readProjectFiles(root).paths).toEqual([
    ".gitignore",
    "a.py",
    "app/.gitignore",
    "app/build/kept.js",
    "app/keep.log",
    "secret/kept.py",
  ]);
});

test("a file in an ignored folder stays ignored, whatever is negated", () => {
  const root = createProject({ ".gitignore": "out/\n!out/kept.txt\n", "out/kept.txt": "" });
  expect(readProjectFiles(root).paths).toEqual([".gitignore"]);
});

test("skips virtual environments under any name, and what packages bring", () => {
  const root = createProject({
    "manage.py": "",
    "my-env/pyvenv.cfg": "home = /usr/bin\n",
    "my-env/lib/manage.py": "",
    ".venv/manage.py": "",
    "node_modules/x/package.json": "",
    "lib/site-packages/manage.py": "",
    ".git/manage.py": "",
    ".mizan/manage.py": "",
  });
  expect(readProjectFiles(root).paths).toEqual(["manage.py"]);
});

test("lists four folders deep, and reads deeper files by name", () => {
  const root = createProject({ "a/b/c/d/manage.py": "four", "a/b/c/d/e/settings.py": "five" });
  const files = readProjectFiles(root);
  expect(files.paths).toEqual(["a/b/c/d/manage.py"]);
  expect(files.read("a/b/c/d/e/settings.py")).toBe("five");
  expect(files.has("a/b/c/d/e/other.py")).toBe(false);
});

test("reads neither ignored nor missing files", () => {
  const root = createProject({ ".gitignore": ".env\n", ".env": "SECRET=1" });
  const files = readProjectFiles(root);
  expect(files.read(".env")).toBeNull();
  expect(files.read("nothing.py")).toBeNull();
});

test("follows links to files, not to folders, and survives dangling ones", () => {
  const root = createProject({ "real.py": "text" });
  symlinkSync("real.py", join(root, "link.py"));
  symlinkSync("gone.py", join(root, "dangling.py"));
  symlinkSync(".", join(root, "loop"));
  const files = readProjectFiles(root);
  expect(files.paths).toEqual(["link.py", "real.py"]);
  expect(files.read("link.py")).toBe("text");
});
