/** A frontend of one page that lists the backend's functions, by clients that are generated before its build (`mizan.toml`). */

import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** As upstream's launcher: runs the backend's command and writes what it prints as a module. */
const GENERATOR = `#!/usr/bin/env node
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
const manage = /manage = "(.+)"/.exec(readFileSync(process.argv[3], "utf8"))[1];
const ir = execFileSync("python", [manage, "export_mizan_ir"], { encoding: "utf8" });
const names = [...ir.matchAll(/^function "(\\w+)"/gm)].map(([, name]) => name);
mkdirSync("src/api", { recursive: true });
writeFileSync("src/api/index.mjs", "export const names = " + JSON.stringify(names));
`;
const BUILD = `import { mkdirSync, writeFileSync } from "node:fs";
import { names } from "./src/api/index.mjs";
mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.html", "<!doctype html><title>Functions</title>" + names.join(" "));
`;
const GENERATOR_PACKAGE = {
  name: "mizan-generate",
  version: "1.0.0",
  type: "module",
  bin: { "mizan-generate": "launcher.mjs" },
};
const PACKAGE = {
  name: "functions",
  private: true,
  type: "module",
  scripts: { build: "node build.mjs" },
  devDependencies: { "mizan-generate": "file:tools/mizan-generate" },
};

/** In place of whatever `frontend/` of the project holds. */
export async function writeGeneratedFrontend(project: string): Promise<void> {
  const folder = join(project, "frontend");
  await rm(folder, { recursive: true, force: true });
  const files: Readonly<Record<string, string>> = {
    "mizan.toml": '[source.django]\nmanage = "../backend/manage.py"\n',
    "build.mjs": BUILD,
    "package.json": JSON.stringify(PACKAGE),
    "tools/mizan-generate/launcher.mjs": GENERATOR,
    "tools/mizan-generate/package.json": JSON.stringify(GENERATOR_PACKAGE),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const words = ["install", "--package-lock-only", "--no-audit", "--no-fund"];
  execFileSync("npm", words, { cwd: folder, stdio: "pipe" });
}
