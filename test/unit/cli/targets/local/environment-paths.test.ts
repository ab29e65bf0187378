import { mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  ensurePrivateFolder,
  environmentPaths,
} from "../../../../../cli/targets/local/environment-paths.ts";

test("everything of an environment lies in its folder", () => {
  const paths = environmentPaths("/srv/shop", "local");
  expect(paths.folder).toBe("/srv/shop/.mizan/env/local");
  expect(paths.slotSocket(3)).toBe("/srv/shop/.mizan/env/local/run/slot-3.sock");
  expect(paths.media).toBe("/srv/shop/.mizan/env/local/data/media");
});

test("sockets move to a short folder when the project's path is long, one per environment", () => {
  const root = `/srv/${"long/".repeat(20)}shop`;
  const paths = environmentPaths(root, "local");
  expect(paths.run).toMatch(/^\/tmp\/mizan-\d+\/[0-9a-f]{12}$/);
  expect(environmentPaths(root, "local").run).toBe(paths.run);
  expect(environmentPaths(root, "staging").run).not.toBe(paths.run);
  expect(paths.agentState.startsWith(paths.folder)).toBe(true);
});

test("no socket path is longer than systems take, counted in bytes", () => {
  for (const letter of ["a", "é"]) {
    for (let length = 1; length < 90; length += 1) {
      const { run } = environmentPaths(`/srv/${letter.repeat(length)}`, "local");
      expect(Buffer.byteLength(join(run, "postgres/.s.PGSQL.5432"))).toBeLessThanOrEqual(100);
    }
  }
});

test("the run folder is ours alone: opened ones are closed, prepared ones refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mz-"));
  try {
    await ensurePrivateFolder(join(folder, "a/b"));
    expect((await stat(join(folder, "a/b"))).mode & 0o777).toBe(0o700);
    await symlink(join(folder, "a"), join(folder, "link"));
    await expect(ensurePrivateFolder(join(folder, "link"))).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      hint: expect.stringContaining("remove"),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
