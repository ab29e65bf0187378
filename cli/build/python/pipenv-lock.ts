/** Turns the `default` section of a Pipfile.lock into requirement lines. */

import { z } from "zod";
import { MizanError } from "../../../infra/contract/errors.ts";

const packageSchema = z.object({
  version: z.string().optional(),
  hashes: z.array(z.string()).optional(),
  markers: z.string().optional(),
  extras: z.array(z.string()).optional(),
  editable: z.boolean().optional(),
  path: z.string().optional(),
  file: z.string().optional(),
  git: z.string().optional(),
  ref: z.string().optional(),
  subdirectory: z.string().optional(),
});
const lockSchema = z.object({
  _meta: z.object({
    sources: z.array(z.object({ name: z.string(), url: z.string() })).optional(),
  }),
  default: z.record(z.string(), packageSchema),
});

/** The name that Pipenv gives to Python's own package index: uv's default too. */
const DEFAULT_SOURCE = "pypi";

/**
 * @param text the lock file.
 * @param variables fill `${NAME}` in the addresses of further sources.
 * @throws {MizanError} APP_INVALID when the file is no Pipfile.lock.
 */
export function convertPipenvLock(
  text: string,
  variables: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const lock = lockSchema.safeParse(parseJson(text));
  if (!lock.success) throw invalidLock(lock.error);
  const sources = (lock.data._meta.sources ?? []).filter(({ name }) => name !== DEFAULT_SOURCE);
  const indexLines = sources.map(
    ({ url }) =>
      `--extra-index-url ${url.replace(/\$\{?(\w+)\}?/g, (_, name) => variables[name] ?? "")}`,
  );
  const packages = Object.entries(lock.data.default);
  return [...indexLines, ...packages.map(([name, entry]) => buildLine(name, entry))];
}

function buildLine(name: string, entry: z.infer<typeof packageSchema>): string {
  const extras = entry.extras === undefined ? "" : `[${entry.extras.join(",")}]`;
  const marker = entry.markers === undefined ? "" : ` ; ${entry.markers}`;
  const path = entry.path ?? entry.file;
  if (entry.git !== undefined) {
    const subdirectory =
      entry.subdirectory === undefined ? "" : `#subdirectory=${entry.subdirectory}`;
    const url = entry.git.startsWith("git+") ? entry.git : `git+${entry.git}`;
    return `${name}${extras} @ ${url}${entry.ref === undefined ? "" : `@${entry.ref}`}${subdirectory}${marker}`;
  }
  if (path !== undefined && /^https?:/.test(path)) return `${name}${extras} @ ${path}${marker}`;
  if (path !== undefined) return `${entry.editable === true ? "-e " : ""}${asPath(path)}${extras}`;
  const hashes = (entry.hashes ?? []).map((hash) => ` --hash=${hash}`).join("");
  return `${name}${extras}${entry.version ?? ""}${marker}${hashes}`;
}

function asPath(path: string): string {
  return /^[./]/.test(path) ? path : `./${path}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidLock(error);
  }
}

function invalidLock(cause: unknown): MizanError {
  return new MizanError("APP_INVALID", "Pipfile.lock cannot be read", {
    hint: "Write it anew: pipenv lock",
    cause,
  });
}
