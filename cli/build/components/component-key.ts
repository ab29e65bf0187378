/** The name of a bundle of components: one hash over everything that it is made of. */

import { hash } from "node:crypto";
import { version as esbuildVersion } from "esbuild";
import type { FrontendProject } from "../frontend/frontend-project.ts";
import { hashFile } from "../source-tree.ts";
import type { ComponentFile } from "./component-file.ts";

/** Raised when the way of bundling changes. */
const KEY_VERSION = 1;

export interface ComponentKeyInput {
  readonly components: readonly ComponentFile[];
  readonly packages: readonly FrontendProject[];
  /** As the code sees them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Over what the frontend's build made: document, names of pictures; null: there is none. */
  readonly outputHash: string | null;
  /** Absolute: our rendering modules. */
  readonly runtimeFiles: readonly string[];
  /** Of the backend that clients are generated from; null: of none. */
  readonly backendKey: string | null;
}

/** @returns 32 hex digits. */
export function buildComponentKey(input: ComponentKeyInput): string {
  const packages = input.packages.map(({ frontend, locked, installRoot, sources }) => [
    frontend.root,
    installRoot,
    locked,
    sources.map(({ path, hash: content }) => [path, content]),
  ]);
  const text = JSON.stringify([
    KEY_VERSION,
    esbuildVersion,
    input.runtimeFiles.map((file) => hashFile(file)),
    input.components,
    packages,
    Object.entries(input.variables).sort(([a], [b]) => (a < b ? -1 : 1)),
    input.outputHash,
    input.backendKey,
  ]);
  return hash("sha256", text).slice(0, 32);
}
