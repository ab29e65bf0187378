/** A folder store in a temporary folder for each test of a file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { createFolderStore } from "../../../../cli/state/folder-store.ts";
import type { StateStore } from "../../../../cli/state/store.ts";

export interface TempStore {
  readonly folder: string;
  readonly store: StateStore;
}

/** Call at the top of a test file; the result is new in each test. */
export function useTempStore(): () => TempStore {
  let current: TempStore;
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), "mizan-state-"));
    current = { folder, store: createFolderStore(folder) };
  });
  afterEach(async () => {
    await rm(current.folder, { recursive: true, force: true });
  });
  return () => current;
}

/** Every document with its etag: equal before and after = nothing was changed. */
export async function dumpStore(store: StateStore): Promise<unknown> {
  const keys = await store.list("");
  return Promise.all(keys.map(async (key) => [key, await store.read(key)]));
}
