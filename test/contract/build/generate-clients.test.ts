import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { copySourceTree } from "../../../cli/build/copy-source-tree.ts";
import { buildFrontends } from "../../../cli/build/frontend/build-frontends.ts";
import { readSourceTree } from "../../../cli/build/source-tree.ts";
import type { Frontend } from "../../../cli/inspect/facts.ts";
import type { MizanError } from "../../../infra/contract/errors.ts";

const environment = process.env;
const FRONTEND: Frontend = {
  root: "frontend",
  packageManager: "npm",
  framework: "react",
  bundler: "vite",
  build: "build",
  output: "frontend/dist",
};
/** As the real launcher: runs the backend's command and writes what it prints as a module. */
const GENERATOR = `#!/usr/bin/env node
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
if (process.argv[2] !== "--config") throw new Error("no config: " + process.argv);
const manage = /manage = "(.+)"/.exec(readFileSync(process.argv[3], "utf8"))[1];
const ir = execFileSync("python3", [manage, "export_mizan_ir"], { encoding: "utf8" });
mkdirSync("src/api", { recursive: true });
writeFileSync("src/api/index.mjs", "export const ir = " + JSON.stringify(ir.trim()));
`;
const MANAGE = `import os, sys
if "SECRET_KEY" not in os.environ: sys.exit("SECRET_KEY is missing")
if sys.argv[1] != "export_mizan_ir": sys.exit("no such command")
print("function cart")
`;
const BUILD = `import { mkdirSync, writeFileSync } from "node:fs";
import { ir } from "./src/api/index.mjs";
mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.html", ir);
`;

let folder: string;
let project: string;
let copies = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-gen-"));
  project = join(folder, "app");
  write("backend/manage.py", MANAGE);
  write("frontend/mizan.toml", '[source.django]\nmanage = "../backend/manage.py"\n');
  write("frontend/build.mjs", BUILD);
  write("frontend/tools/mizan-generate/launcher.mjs", GENERATOR);
  const generator = { name: "mizan-generate", version: "1.0.0", type: "module" };
  write(
    "frontend/tools/mizan-generate/package.json",
    JSON.stringify({ ...generator, bin: { "mizan-generate": "launcher.mjs" } }),
  );
  writePackage({ "mizan-generate": "file:tools/mizan-generate" });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

function writePackage(devDependencies: Readonly<Record<string, string>>): void {
  const content = {
    name: "x",
    private: true,
    type: "module",
    scripts: { build: "node build.mjs" },
  };
  write("frontend/package.json", JSON.stringify({ ...content, devDependencies }));
  execFileSync("npm", ["install", "--package-lock-only"], {
    cwd: join(project, "frontend"),
    stdio: "pipe",
  });
}

async function build(variables: Readonly<Record<string, string>> = { SECRET_KEY: "k" }) {
  copies += 1;
  const tree = await readSourceTree(project, { environment });
  const copy = await copySourceTree(tree, join(folder, `copy-${copies}`));
  const { built } = await buildFrontends({
    tree: copy,
    projectRoot: project,
    frontends: [FRONTEND],
    workspaceFolder: join(folder, "workspace"),
    cacheFolder: join(folder, "cache"),
    variables: {},
    environment,
    clients: {
      config: "frontend/mizan.toml",
      environment: { PATH: environment["PATH"] ?? "", ...variables },
      key: copy.treeHash,
    },
  });
  const page = readFileSync(join(copy.root, "frontend/dist/index.html"), "utf8");
  return { page, isNew: built[0]?.isNew, copy };
}

it("generates clients of the release's backend before the build, with its variables", async () => {
  const { page, copy } = await build();
  expect(page).toBe("function cart");
  expect(existsSync(join(copy.root, "frontend/src/api"))).toBe(false);
  expect(existsSync(join(project, "frontend/src/api"))).toBe(false);
});

it("builds again when the backend changes, and not otherwise", async () => {
  await build();
  expect(await build()).toMatchObject({ isNew: false });
  write("backend/manage.py", MANAGE.replace("function cart", "function orders"));
  expect(await build()).toMatchObject({ isNew: true, page: "function orders" });
});

it("says what the backend said when the generator fails, and how to try it", async () => {
  const error = (await build({}).catch((cause: unknown) => cause)) as MizanError;
  expect(error).toMatchObject({ code: "BUILD_FAILED", exitCode: 7 });
  expect(JSON.stringify(error.details)).toContain("SECRET_KEY is missing");
  expect(error.hint).toBe("Try it yourself: npx mizan-generate --config mizan.toml");
});

it("names the missing generator and how to get it", async () => {
  writePackage({});
  const error = (await build().catch((cause: unknown) => cause)) as MizanError;
  expect(error).toMatchObject({ code: "TOOL_MISSING", exitCode: 5 });
  expect(error.hint).toBe("npm install --save-dev mizan-generate");
});
