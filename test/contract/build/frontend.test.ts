import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copySourceTree } from "../../../cli/build/copy-source-tree.ts";
import {
  type BuildFrontendsOptions,
  buildFrontends,
} from "../../../cli/build/frontend/build-frontends.ts";
import { readSourceTree } from "../../../cli/build/source-tree.ts";
import type { Frontend } from "../../../cli/inspect/facts.ts";

const { CI: _ofTheMachine, ...environment } = process.env; // builds behave otherwise in CI
const FRONTEND: Frontend = {
  root: "frontend",
  packageManager: "npm",
  framework: "react",
  bundler: "vite",
  build: "build",
  output: "frontend/dist",
};
/** Counts its runs outside the workspace, uses an installed package, and writes what it was given. */
const BUILD_SCRIPT = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import isOdd from "is-odd";
appendFileSync(process.env.VITE_RUNS, "x");
mkdirSync("dist/assets", { recursive: true });
const env = existsSync(".env.production") ? readFileSync(".env.production", "utf8") : "";
const text = [readFileSync("src/app.txt", "utf8"), isOdd(3), process.env.VITE_API, process.env.NODE_ENV, process.env.CI, env];
writeFileSync("dist/assets/app.js", text.join("|"));
writeFileSync("dist/index.html", "<p>");
`;

let folder: string;
let project: string;
let copies = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-front-"));
  project = join(folder, "app");
  write("backend/manage.py", "");
  write("frontend/src/app.txt", "one");
  write("frontend/build.mjs", BUILD_SCRIPT);
  writePackage({ build: "node build.mjs" });
  writeFileSync(join(folder, "runs"), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

function writePackage(scripts: Record<string, string>, version = "3.0.1"): void {
  const content = {
    name: "x",
    private: true,
    type: "module",
    scripts,
    dependencies: { "is-odd": version },
  };
  write("frontend/package.json", JSON.stringify(content));
}

function lock(...command: readonly [string, ...string[]]): void {
  const [program, ...args] = command;
  execFileSync(program, args, { cwd: join(project, "frontend"), stdio: "pipe" });
}

async function build(more: Partial<BuildFrontendsOptions> = {}) {
  copies += 1;
  const tree = await readSourceTree(project, { environment });
  const copy = await copySourceTree(tree, join(folder, `copy-${copies}`));
  const result = await buildFrontends({
    tree: copy,
    projectRoot: project,
    frontends: [FRONTEND],
    workspaceFolder: join(folder, "workspace"),
    cacheFolder: join(folder, "cache"),
    variables: { VITE_RUNS: join(folder, "runs"), VITE_API: "api" },
    environment,
    logFile: join(folder, "build.log"),
    ...more,
  });
  const placed = join(copy.root, "frontend/dist/assets/app.js");
  return { ...result, copy, text: existsSync(placed) ? readFileSync(placed, "utf8") : null };
}

function countRuns(): number {
  return readFileSync(join(folder, "runs"), "utf8").length;
}

describe("buildFrontends", () => {
  it("installs by lock, builds for production, and puts the output into the release's copy", async () => {
    lock("npm", "install", "--package-lock-only");
    const { built, findings, text } = await build();
    expect(text).toBe("one|true|api|production||");
    expect(findings).toEqual([]);
    expect(built).toMatchObject([{ root: "frontend", output: "frontend/dist", isNew: true }]);
    expect(built[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(existsSync(join(project, "frontend/node_modules"))).toBe(false);
  });

  it("does not build an unchanged frontend again, whatever happens to the backend", async () => {
    lock("npm", "install", "--package-lock-only");
    const first = await build();
    write("backend/manage.py", "changed");
    const second = await build();
    expect(countRuns()).toBe(1);
    expect(second.built[0]).toMatchObject({ isNew: false, hash: first.built[0]?.hash });
    expect(second.text).toBe(first.text);
  });

  it("builds anew after a change, without installing again, and back from the cache", async () => {
    lock("npm", "install", "--package-lock-only");
    await build();
    const marker = join(folder, "workspace/frontend/.mizan-installed");
    const installedMs = statSync(marker).mtimeMs;
    write("frontend/src/app.txt", "two");
    rmSync(join(project, "frontend/build.mjs"));
    write("frontend/other.mjs", BUILD_SCRIPT);
    writePackage({ build: "node other.mjs" });
    expect((await build()).text).toMatch(/^two/);
    expect(existsSync(join(folder, "workspace/frontend/build.mjs"))).toBe(false);
    write("frontend/src/app.txt", "three");
    expect((await build()).text).toMatch(/^three/);
    const thirdMs = statSync(marker).mtimeMs;
    expect(thirdMs).toBeGreaterThan(installedMs); // package.json had changed
    write("frontend/src/app.txt", "four");
    await build();
    expect(statSync(marker).mtimeMs).toBe(thirdMs);
    write("frontend/src/app.txt", "three");
    expect((await build()).built[0]?.isNew).toBe(false);
  });

  it("gives the bundler the frontend's own .env files, which never ship", async () => {
    lock("npm", "install", "--package-lock-only");
    write("frontend/.env.production", "VITE_B=1");
    const first = await build();
    expect(first.text).toMatch(/VITE_B=1$/);
    expect(existsSync(join(first.copy.root, "frontend/.env.production"))).toBe(false);
    rmSync(join(project, "frontend/.env.production"));
    expect((await build()).text).toBe("one|true|api|production||");
  });

  it("brings along the JSON that a build writes beside its output, from the cache too", async () => {
    lock("npm", "install", "--package-lock-only");
    write("backend/settings.json", "shipped");
    const stats = `
writeFileSync("stats.json", "{}");
writeFileSync("../backend/bundles.json", "[]");
writeFileSync("../backend/settings.json", "changed");
writeFileSync("notes.txt", "");
`;
    write("frontend/build.mjs", `${BUILD_SCRIPT}${stats}`);
    for (const isNew of [true, false]) {
      const { built, copy } = await build();
      expect(built[0]?.isNew).toBe(isNew);
      const read = (path: string) => readFileSync(join(copy.root, path), "utf8");
      expect(read("frontend/stats.json")).toBe("{}");
      expect(read("backend/bundles.json")).toBe("[]");
      expect(read("backend/settings.json")).toBe("shipped");
      expect(existsSync(join(copy.root, "frontend/notes.txt"))).toBe(false);
    }
  });

  it("tells when the project asks for another Node", async () => {
    lock("npm", "install", "--package-lock-only");
    write(".nvmrc", "v6\n");
    const { findings } = await build();
    expect(findings).toMatchObject([{ code: "NODE_DIFFERS", evidence: ".nvmrc" }]);
  });

  it("lets a build ask git for the commit, apart from the user's repository", async () => {
    lock("npm", "install", "--package-lock-only");
    const git = (cwd: string, ...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
        cwd,
        encoding: "utf8",
      }).trim();
    git(project, "init", "-q");
    git(project, "add", "-A");
    git(project, "commit", "-qm", "first");
    await build({ workspaceFolder: join(project, ".mizan/workspace") });
    const workspace = join(project, ".mizan/workspace/frontend");
    expect(git(workspace, "rev-parse", "HEAD")).toBe(git(project, "rev-parse", "HEAD"));
    expect(git(workspace, "log", "-1", "--format=%s")).toBe("first");
    expect(git(workspace, "rev-parse", "--show-toplevel")).toMatch(/\.mizan\/workspace$/);
  });

  it("warns without a lock file", async () => {
    const { findings, text } = await build();
    expect(findings).toMatchObject([
      { code: "FRONTEND_NO_LOCK", evidence: "frontend/package.json" },
    ]);
    expect(text).toMatch(/^one/);
  });

  it("leaves a frontend without a build script alone", async () => {
    const result = await build({ frontends: [{ ...FRONTEND, build: null }] });
    expect(result.built).toEqual([]);
    expect(countRuns()).toBe(0);
  });

  it("finds an unknown output folder where bundlers usually write", async () => {
    lock("npm", "install", "--package-lock-only");
    const { built } = await build({ frontends: [{ ...FRONTEND, output: null }] });
    expect(built[0]?.output).toBe("frontend/dist");
  });

  it("says where it looked and what there is when the build left no output", async () => {
    lock("npm", "install", "--package-lock-only");
    const failing = build({ frontends: [{ ...FRONTEND, output: "frontend/www" }] });
    await expect(failing).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: expect.stringContaining("frontend/www"),
      details: { looked: ["frontend/www"], present: ["dist"] },
    });
  });

  it("shows the bundler's last lines when the build fails", async () => {
    lock("npm", "install", "--package-lock-only");
    write("frontend/build.mjs", 'console.error("Could not resolve ./x"); process.exit(2);');
    await expect(build()).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: expect.stringContaining("The frontend in frontend/ did not build"),
      hint: expect.stringContaining("does not build"),
      details: { output: expect.stringContaining("Could not resolve ./x") },
    });
  });

  it("refuses a lock file that does not fit package.json, and installs after the repair", async () => {
    lock("npm", "install", "--package-lock-only");
    writePackage({ build: "node build.mjs" }, "2.0.0");
    await expect(build()).rejects.toMatchObject({
      code: "BUILD_FAILED",
      hint: expect.stringContaining("npm install"),
    });
    lock("npm", "install", "--package-lock-only");
    expect((await build()).text).toMatch(/^one/);
  });

  it("names Node when there is none", async () => {
    await expect(build({ environment: { PATH: "/nowhere" } })).rejects.toMatchObject({
      code: "TOOL_MISSING",
      hint: expect.stringContaining("Install Node"),
    });
  });

  it.each([
    ["pnpm", "pnpm@10", "pnpm", ["install", "--lockfile-only"]],
    ["yarn", "yarn@1", "yarn", ["install", "--ignore-scripts", "--non-interactive"]],
    ["yarn", "@yarnpkg/cli-dist@4", "yarn", ["install", "--mode=update-lockfile"]],
    ["bun", "bun@1", "bun", ["install", "--lockfile-only"]],
  ] as const)(
    "installs by the lock file of %s (%s), which npm fetches",
    async (packageManager, name, program, args) => {
      if (name.startsWith("@yarnpkg")) write("frontend/.yarnrc.yml", "nodeLinker: node-modules\n");
      lock("npm", "exec", "--yes", `--package=${name}`, "--", program, ...args);
      rmSync(join(project, "frontend/node_modules"), { recursive: true, force: true });
      const { text, findings } = await build({ frontends: [{ ...FRONTEND, packageManager }] });
      expect(findings).toEqual([]);
      expect(text).toMatch(/^one\|true/);
    },
  );
});
