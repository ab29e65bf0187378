import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildFrontendKey, buildInstallKey } from "../../../../../cli/build/frontend/build-key.ts";
import { readFrontendProject } from "../../../../../cli/build/frontend/frontend-project.ts";
import { findFrontendHint } from "../../../../../cli/build/frontend/install-failure.ts";
import { readSourceTree } from "../../../../../cli/build/source-tree.ts";
import type { Frontend } from "../../../../../cli/inspect/facts.ts";

const FRONTEND: Frontend = {
  root: "frontend",
  packageManager: "npm",
  framework: "react",
  bundler: "vite",
  build: "build",
  output: "frontend/dist",
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-front-"));
  for (const path of ["backend/app.py", "backend/templates/a.html", "README.md"]) write(path);
  write("frontend/package.json", "{}");
  write("frontend/src/a.ts", 'import b from "../b";');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text = path): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function readProject(frontend: Partial<Frontend> = {}) {
  const tree = await readSourceTree(folder, { environment: {} });
  return readFrontendProject(tree, { ...FRONTEND, ...frontend });
}

async function readSources(frontend: Partial<Frontend> = {}): Promise<string[]> {
  return (await readProject(frontend)).sources.map(({ path }) => path);
}

describe("readFrontendProject", () => {
  it("is made of its own folder, so that a change of the backend does not build it again", async () => {
    write("frontend/package-lock.json", "{}");
    expect(await readSources()).toEqual([
      "frontend/package-lock.json",
      "frontend/package.json",
      "frontend/src/a.ts",
    ]);
  });

  it.each([
    ["frontend/app.css", '@source "../backend/templates/**/*.html";', ["backend/templates/a.html"]],
    ["frontend/vite.config.ts", 'outDir: "../backend/static"', []],
    [
      "frontend/vite.config.ts",
      'resolve(dir, "..", "backend")',
      ["README.md", "backend/app.py", "backend/templates/a.html"],
    ],
    ["frontend/src/deep/x.ts", 'import "../../../backend/app.py"', ["backend/app.py"]],
    ["frontend/src/x.ts", 'import "../../../outside"', []],
  ])("%s with %s adds %j", async (path, text, added) => {
    write(path, text);
    const sources = await readSources();
    expect(sources.filter((source) => !source.startsWith("frontend/"))).toEqual(added);
  });

  it("in a workspace also holds its sibling packages and the root's own files", async () => {
    write("package-lock.json", "{}");
    write("package.json", '{"packageManager": "npm@10.0.0"}');
    write("packages/ui/package.json", "{}");
    write("packages/ui/button.tsx");
    const project = await readProject();
    expect(project).toMatchObject({ installRoot: ".", lockFile: "package-lock.json" });
    expect(project.locked.version).toBe("10.0.0");
    const sources = project.sources.map(({ path }) => path);
    expect(sources).toContain("packages/ui/button.tsx");
    expect(sources).not.toContain("backend/app.py");
  });
});

describe("build keys", () => {
  it("change with sources, variables, environment files and Node; the install's only with locks", async () => {
    write("frontend/package-lock.json", "{}");
    const base = {
      project: await readProject(),
      environmentFiles: [],
      variables: {},
      nodeVersion: "v24.1.0",
      backendKey: null,
    };
    const key = buildFrontendKey(base);
    const installKey = buildInstallKey(base.project, "v24.1.0");
    expect(buildFrontendKey({ ...base, project: await readProject() })).toBe(key);
    const variants = [
      { ...base, variables: { VITE_A: "1" } },
      { ...base, nodeVersion: "v24.2.0" },
      { ...base, backendKey: "b1" },
      { ...base, environmentFiles: [{ name: ".env", content: "A=1" }] },
    ].map(buildFrontendKey);
    write("frontend/src/a.ts", "changed");
    const changed = await readProject();
    variants.push(buildFrontendKey({ ...base, project: changed }));
    expect(new Set([key, ...variants]).size).toBe(6);
    expect(buildInstallKey(changed, "v24.2.0")).toBe(installKey);
    expect(buildInstallKey(changed, "v26.0.0")).not.toBe(installKey);
    write("frontend/package-lock.json", "{ }");
    expect(buildInstallKey(await readProject(), "v24.1.0")).not.toBe(installKey);
  });
});

describe("findFrontendHint", () => {
  it.each([
    [
      "npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync",
      /npm install/,
    ],
    ["ERR_PNPM_OUTDATED_LOCKFILE Cannot install", /lock file does not fit/],
    ["npm error code EBADENGINE", /engines/],
    ["src/a.ts(1,1): error TS2304: Cannot find name", /does not build/],
  ])("%s", (output, hint) => {
    expect(findFrontendHint("npm", output)).toMatch(hint);
  });
});
