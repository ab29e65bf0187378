/** Finds the URL under which the frontend's build serves a file that a component imports. */

import { hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, posix, relative } from "node:path";
import { z } from "zod";

export interface AssetUrlsOptions {
  /** Absolute output folder of the build; null: there is none. */
  readonly outputFolder: string | null;
  /** Folder of the frontend, relative to the workspace: the manifest's names start there. */
  readonly frontendRoot: string;
  /** Where the output is served: `/`, `/static/`. */
  readonly baseUrl: string;
}

/** Where Vite writes it with `build.manifest`. */
const MANIFEST = ".vite/manifest.json";
const manifestSchema = z.record(z.string(), z.object({ file: z.string() }));
/** Vite puts smaller ones into the code (assetsInlineLimit), so they are no files of the output. */
const INLINE_BYTES = 4096;
/** Larger files are no pictures of a page. */
const MAX_SEARCHED_BYTES = 32 * 1024 * 1024;
const TYPES: Readonly<Record<string, string>> = {
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".ico": "image/x-icon",
};

/**
 * By the build's manifest, else by content: a bundler copies such files as they are.
 * @returns a function of the path relative to the workspace; it gives null where the build has no such file.
 */
export function createAssetUrls(
  options: AssetUrlsOptions,
): (path: string, content: Uint8Array) => string | null {
  const manifest = readManifest(options.outputFolder);
  let byContent: ReadonlyMap<string, string> | null = null;
  return (path, content) => {
    const named = manifest[posix.relative(options.frontendRoot, path)]?.file;
    if (named !== undefined) return `${options.baseUrl}${named}`;
    byContent ??= listByContent(options.outputFolder);
    const found = byContent.get(hash("sha256", content));
    if (found !== undefined) return `${options.baseUrl}${found}`;
    const type = TYPES[extname(path).toLowerCase()];
    if (type === undefined || content.byteLength >= INLINE_BYTES) return null;
    return `data:${type};base64,${Buffer.from(content).toString("base64")}`;
  };
}

function readManifest(outputFolder: string | null): z.output<typeof manifestSchema> {
  const file = outputFolder === null ? null : join(outputFolder, MANIFEST);
  if (file === null || !existsSync(file)) return {};
  // Another bundler's file of that name is no manifest: contents decide then.
  return manifestSchema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data ?? {};
}

function listByContent(outputFolder: string | null): ReadonlyMap<string, string> {
  if (outputFolder === null) return new Map();
  const files = readdirSync(outputFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\.(?:m?js|css|html|map)$/.test(file))
    .filter((file) => statSync(file).size <= MAX_SEARCHED_BYTES)
    .sort()
    .reverse(); // of equal files the first name wins
  return new Map(
    files.map((file) => [hash("sha256", readFileSync(file)), relative(outputFolder, file)]),
  );
}
