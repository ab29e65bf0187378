import { describe, expect, it } from "vitest";
import type { ReleaseRecord } from "../../../../cli/state/release-record.ts";
import {
  createRelease,
  listReleases,
  readRelease,
  removeRelease,
  updateRelease,
} from "../../../../cli/state/releases.ts";
import { dumpStore, useTempStore } from "./temp-store.ts";

const temp = useTempStore();

function buildRecord(id: string, fields: Partial<ReleaseRecord> = {}): ReleaseRecord {
  return {
    formatVersion: 1,
    id,
    createdAt: "2026-11-24T17:00:00.000Z",
    createdBy: "ann@laptop",
    mizanVersion: "0.1.0",
    status: "building",
    ...fields,
  };
}

describe("releases", () => {
  it("gives back what was recorded, absent fields absent", async () => {
    const { store } = temp();
    const record = buildRecord("a1", {
      parent: "a0",
      gitCommit: "0123abc",
      dirty: true,
      migrationHeads: { shop: "0003_order" },
      migrations: [
        {
          app: "shop",
          name: "0003_order",
          class: "review",
          operations: [{ summary: "Alter field total on order", class: "review" }],
        },
      ],
      variables: { SECRET_KEY: ".env" },
      slot: 0,
    });
    expect(await createRelease(store, record)).toEqual(record);
    expect(await readRelease(store, "a1")).toEqual(record);
    expect("reason" in (await readRelease(store, "a1"))).toBe(false);
  });

  it("refuses a second release of one id", async () => {
    const { store } = temp();
    await createRelease(store, buildRecord("a1"));
    await expect(createRelease(store, buildRecord("a1"))).rejects.toMatchObject({
      code: "STATE_CONFLICT",
      exitCode: 8,
    });
  });

  it.each(["zz", "", "../current", "A1", "a/b"])("says that %j is unknown", async (id) => {
    await expect(readRelease(temp().store, id)).rejects.toMatchObject({
      code: "RELEASE_UNKNOWN",
      exitCode: 3,
      hint: expect.stringContaining("mizan releases"),
    });
  });

  it("lists the newest first, without removed ones", async () => {
    const { store } = temp();
    for (const id of ["b", "a", "d", "c"]) await createRelease(store, buildRecord(id));
    await removeRelease(store, "c");
    await removeRelease(store, "never");
    expect((await listReleases(store)).map(({ id }) => id)).toEqual(["d", "b", "a"]);
  });

  it("keeps every change of writers that change different fields at once", async () => {
    const { store } = temp();
    await createRelease(store, buildRecord("a1"));
    await Promise.all([
      updateRelease(store, "a1", { status: "failed", reason: "exit 3" }),
      updateRelease(store, "a1", { slot: 3 }),
      updateRelease(store, "a1", { treeHash: "t" }),
      updateRelease(store, "a1", { venvKey: "v" }),
    ]);
    expect(await readRelease(store, "a1")).toEqual(
      buildRecord("a1", {
        status: "failed",
        reason: "exit 3",
        slot: 3,
        treeHash: "t",
        venvKey: "v",
      }),
    );
  });

  it("keeps fields that it does not know through an update", async () => {
    const { store } = temp();
    await store.create("releases/a1", { ...buildRecord("a1"), later: { x: 1 } });
    await updateRelease(store, "a1", { status: "ready" });
    expect((await store.read("releases/a1"))?.value).toMatchObject({
      status: "ready",
      later: { x: 1 },
    });
  });

  it("refuses a record of a newer mizan, whatever it holds, and changes nothing", async () => {
    const { store } = temp();
    await store.create("releases/a1", { formatVersion: 2, mizanVersion: "3.0.0", status: "new" });
    const before = await dumpStore(store);
    const newer = { code: "STATE_NEWER", exitCode: 5, message: expect.stringContaining("3.0.0") };
    await expect(readRelease(store, "a1")).rejects.toMatchObject(newer);
    await expect(listReleases(store)).rejects.toMatchObject(newer);
    await expect(updateRelease(store, "a1", { status: "live" })).rejects.toMatchObject(newer);
    expect(await dumpStore(store)).toEqual(before);
  });
});
