/** Turns a pdm.lock into requirement lines for its default group. */

import { parse as parseToml } from "smol-toml";
import { z } from "zod";
import { MizanError } from "../../../infra/contract/errors.ts";

const packageSchema = z.object({
  name: z.string(),
  version: z.string().optional(),
  extras: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  marker: z.string().optional(),
  path: z.string().optional(),
  editable: z.boolean().optional(),
  url: z.string().optional(),
  git: z.string().optional(),
  ref: z.string().optional(),
  revision: z.string().optional(),
  subdirectory: z.string().optional(),
  files: z.array(z.object({ hash: z.string() })).optional(),
});
const lockSchema = z.object({ package: z.array(packageSchema).optional() });
type LockedPackage = z.infer<typeof packageSchema>;

/**
 * Reads the lock itself, since `pdm export` refuses local packages beside hashes, and makes a
 * virtual environment of its own in the project.
 *
 * @throws {MizanError} APP_INVALID when the lock is older than PDM 2.11, which first wrote groups.
 */
export function convertPdmLock(text: string): readonly string[] {
  const lock = lockSchema.safeParse(parseToml(text));
  const packages = lock.data?.package ?? [];
  if (!lock.success || packages.some(({ groups }) => groups === undefined)) {
    throw new MizanError(
      "APP_INVALID",
      "pdm.lock cannot be read, or is of an old form without groups",
      {
        hint: "Write it anew with a current PDM: pdm lock --update-reuse",
        cause: lock.error,
      },
    );
  }
  return packages.filter(isDefault).map(buildLine);
}

function isDefault(entry: LockedPackage): boolean {
  // `name[extra]` has an entry of its own beside `name`, with the same files.
  const isExtraTwin =
    (entry.extras ?? []).length > 0 && entry.url === undefined && entry.git === undefined;
  return entry.groups?.includes("default") === true && !isExtraTwin;
}

function buildLine(entry: LockedPackage): string {
  const marker = entry.marker === undefined ? "" : ` ; ${entry.marker}`;
  const subdirectory =
    entry.subdirectory === undefined ? "" : `#subdirectory=${entry.subdirectory}`;
  if (entry.path !== undefined) return `${entry.editable === true ? "-e " : ""}${entry.path}`;
  if (entry.git !== undefined) {
    const revision = entry.revision ?? entry.ref;
    const url = entry.git.startsWith("git+") ? entry.git : `git+${entry.git}`;
    return `${entry.name} @ ${url}${revision === undefined ? "" : `@${revision}`}${subdirectory}${marker}`;
  }
  if (entry.url !== undefined) return `${entry.name} @ ${entry.url}${subdirectory}${marker}`;
  const hashes = (entry.files ?? []).map(({ hash }) => ` --hash=${hash}`).join("");
  return `${entry.name}==${entry.version ?? ""}${marker}${hashes}`;
}
