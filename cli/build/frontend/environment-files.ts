/** The bundler's own `.env` files: they never ship, but a build reads them as on the developer's machine. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What Vite and Create React App read for a production build, weakest first. */
const NAMES = [".env", ".env.local", ".env.production", ".env.production.local"] as const;

export interface EnvironmentFile {
  /** File name, e.g. `.env.production`. */
  readonly name: string;
  readonly content: string;
}

/** @param folder absolute folder of the frontend in the working tree. */
export function readEnvironmentFiles(folder: string): readonly EnvironmentFile[] {
  return NAMES.filter((name) => existsSync(join(folder, name))).map((name) => ({
    name,
    content: readFileSync(join(folder, name), "utf8"),
  }));
}

/** All names that may be in a workspace from an earlier build. */
export function listEnvironmentFileNames(): readonly string[] {
  return NAMES;
}
