/** Finished outputs of frontends: found where the bundler puts them, kept by key, put into a release. */

import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { dirname, join, posix } from "node:path";
import { MizanError } from "../../../infra/contract/errors.ts";
import type { Frontend } from "../../inspect/facts.ts";
import { compareBytes } from "../list-source-paths.ts";
import { hashFile } from "../source-tree.ts";
import { describeFolder } from "./frontend-project.ts";

/** Where bundlers write when the project's output folder is not known: Vite, Create React App, others. */
const USUAL_OUTPUTS = ["dist", "build", "out", "public/build"] as const;

/** Folders that a build may write to, relative to the project. */
export function listOutputFolders(frontend: Frontend): readonly string[] {
  const output = frontend.output === null ? null : posix.normalize(frontend.output);
  if (output !== null && (output === "." || /^(?:\.\.(?:\/|$)|\/)/.test(output))) {
    throw new MizanError("APP_INVALID", `${frontend.output} cannot be a frontend's output folder`, {
      hint: "Name a folder inside the project that holds nothing but the build's output",
    });
  }
  if (output !== null) return [output.replace(/\/$/, "")];
  return USUAL_OUTPUTS.map((name) => posix.join(frontend.root, name));
}

/**
 * @param workspace absolute folder that was built in.
 * @returns the output folder, relative to the project.
 * @throws {MizanError} BUILD_FAILED when the build wrote nothing where we look.
 */
export function findOutput(workspace: string, frontend: Frontend): string {
  const looked = listOutputFolders(frontend);
  const found = looked.find((folder) => hasFiles(join(workspace, folder)));
  if (found !== undefined) return found;
  const present = readdirSync(join(workspace, frontend.root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && entry.name !== "src")
    .map((entry) => entry.name);
  throw new MizanError(
    "BUILD_FAILED",
    `The frontend in ${describeFolder(frontend.root)} was built, but there is nothing in ${looked.join(", ")}`,
    {
      hint: 'Name the folder that the build writes in mizan.config: facts: { frontends: [{ …, output: "…" }] }',
      details: { root: frontend.root, looked, present },
    },
  );
}

/** Keeps an output under its key. Another deploy that was faster wins. @returns the absolute folder. */
export function keepOutput(output: string, cacheFolder: string, key: string): string {
  const kept = join(cacheFolder, key);
  mkdirSync(cacheFolder, { recursive: true });
  const unfinished = `${kept}.${process.pid}.tmp`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(output, unfinished, { recursive: true, dereference: true });
  try {
    renameSync(unfinished, kept);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    rmSync(unfinished, { recursive: true, force: true });
  }
  return kept;
}

/** Marks a kept output as used now, for `removeOldOutputs`. */
export function touchOutput(folder: string): void {
  const now = new Date();
  utimesSync(folder, now, now);
}

/** Removes the outputs that were used longest ago. */
export function removeOldOutputs(cacheFolder: string, keepCount: number): void {
  if (!existsSync(cacheFolder)) return;
  const folders = readdirSync(cacheFolder)
    .filter((name) => /^[0-9a-f]{32}$/.test(name))
    .map((name) => join(cacheFolder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const folder of folders.slice(keepCount)) rmSync(folder, { recursive: true, force: true });
}

/** Puts an output where Django's static settings expect it in the release's copy. */
export function placeOutput(output: string, destination: string): void {
  rmSync(destination, { recursive: true, force: true });
  mkdirSync(dirname(destination), { recursive: true });
  cpSync(output, destination, { recursive: true });
}

/** SHA-256 over the paths and contents of a folder, hex. */
export function hashFolder(folder: string): string {
  const digest = createHash("sha256");
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort(compareBytes);
  for (const path of paths) digest.update(`${path.slice(folder.length)}\0${hashFile(path)}\0`);
  return digest.digest("hex");
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && statSync(folder).isDirectory() && readdirSync(folder).length > 0;
}
