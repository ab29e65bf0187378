/** wrk and nginx as Debian has them: those on PATH, else unpacked into `.cache/bench`, nothing installed. */

import { execFileSync } from "node:child_process";
import { globSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const CACHE = join(import.meta.dirname, "../../../.cache/bench");

/** Packages that hold the program and those of its libraries that a plain Debian 12 does not have. */
const PACKAGES = {
  wrk: ["wrk", "libluajit-5.1-2"],
  nginx: ["nginx"],
} as const;

export interface DebianProgram {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/** @throws where it is neither on PATH nor to be had with apt-get */
export function findDebianProgram(name: keyof typeof PACKAGES): DebianProgram {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  const [installed] = folders.flatMap((folder) => globSync(join(folder, name)));
  if (installed !== undefined) return { path: installed, env: process.env };
  const unpacked = findUnpacked(name) ?? unpack(name);
  if (unpacked === undefined) throw new Error(`The packages ${PACKAGES[name]} have no ${name}`);
  const libraries = globSync(join(CACHE, "usr/lib/*-linux-gnu*")).join(delimiter);
  return { path: unpacked, env: { ...process.env, LD_LIBRARY_PATH: libraries } };
}

function findUnpacked(name: string): string | undefined {
  return globSync(join(CACHE, "usr/{bin,sbin}", name))[0];
}

/** Installing nginx would start it, on port 80. */
function unpack(name: keyof typeof PACKAGES): string | undefined {
  console.log(`Fetching ${name} (apt-get download) into .cache/bench`);
  mkdirSync(CACHE, { recursive: true });
  const run = (program: string, args: readonly string[]) =>
    execFileSync(program, args, { cwd: CACHE, stdio: ["ignore", "ignore", "inherit"] });
  run("apt-get", ["download", "--quiet", ...PACKAGES[name]]);
  for (const file of PACKAGES[name].flatMap((entry) => globSync(join(CACHE, `${entry}_*.deb`)))) {
    run("dpkg", ["-x", file, "."]);
  }
  return findUnpacked(name);
}
