import { afterEach, describe, expect, it } from "vitest";
import type { StepHandle } from "../../../cli/context.ts";
import { createRelease, readRelease } from "../../../cli/state/releases.ts";
import { migrateDatabase } from "../../../cli/targets/local/migrate-database.ts";
import type { MigrateResult, SettingsFacts } from "../../../runtime/origin/contract.ts";
import { SETTINGS_FACTS } from "../../unit/cli/inspect/settings-facts-example.ts";
import { openSessionIn } from "../../unit/cli/targets/local/test-session.ts";
import { createHandMadeRelease, type HandMadeRelease, RELEASE } from "./hand-made-release.ts";

const PENDING = ["0002_order", "0003_total"].map((name) => ({
  app: "shop",
  name,
  class: "expand" as const,
  operations: [{ summary: "Create model Order", class: "expand" as const }],
}));

let release: HandMadeRelease;
afterEach(() => release.remove());

/** @param answer what the runtime's `migrate` says. */
async function migrate(
  answer: MigrateResult,
  migrations: Partial<SettingsFacts["migrations"]> = {},
) {
  const result = JSON.stringify(JSON.stringify(answer)); // a text literal is the same in Python
  release = await createHandMadeRelease(
    `import os\nos.write(int(os.environ["MIZAN_RESULT_FD"]), ${result}.encode())\n`,
  );
  const { session } = await openSessionIn(release.folder);
  await createRelease(session.store, {
    formatVersion: 1,
    id: RELEASE,
    createdAt: new Date().toISOString(),
    createdBy: "me@here",
    mizanVersion: "0.1.0",
    status: "building",
  });
  const said: string[] = [];
  const step: StepHandle = {
    progress: (text) => said.push(text),
    skip: (reason) => said.push(`skipped: ${reason}`),
    note: (text) => said.push(text),
  };
  const facts = {
    ...SETTINGS_FACTS,
    migrations: { ...SETTINGS_FACTS.migrations, pending: PENDING, ...migrations },
  };
  const { signal } = session.context;
  const error = await migrateDatabase(session, { plan: release.plan, facts, signal, step }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { error, said, record: await readRelease(session.store, RELEASE) };
}

const DONE: MigrateResult = {
  version: 1,
  applied: ["shop.0002_order", "shop.0003_total"],
  heads: { shop: "0003_total" },
  backup: null,
  error: null,
};

describe("the migrations of a release", () => {
  it("are applied, and recorded with their classes and the heads that they lead to", async () => {
    const { error, said, record } = await migrate(DONE);
    expect(error).toBeNull();
    expect(said).toEqual(["shop.0002_order, shop.0003_total", "2 applied"]);
    expect(record).toMatchObject({ migrationHeads: { shop: "0003_total" }, migrations: PENDING });
  });

  it("are skipped where none is pending", async () => {
    const { error, said, record } = await migrate(DONE, {
      pending: [],
      heads: { shop: "0001_initial" },
    });
    expect(error).toBeNull();
    expect(said).toEqual(["skipped: nothing to apply"]);
    expect(record?.migrationHeads).toEqual({ shop: "0001_initial" });
  });

  it("that fail name the cause, what was applied before, and the copy from before", async () => {
    const { error, record } = await migrate({
      ...DONE,
      applied: ["shop.0002_order"],
      heads: { shop: "0002_order" },
      backup: "/data/backups/db-r1.sqlite3",
      error: {
        type: "IntegrityError",
        message: "NOT NULL constraint failed",
        location: "shop/migrations/0003_total.py:9",
        traceback: "Traceback\nIntegrityError: NOT NULL constraint failed",
      },
    });
    expect(error).toMatchObject({
      code: "MIGRATION_FAILED",
      exitCode: 7,
      message:
        "A migration failed: IntegrityError: NOT NULL constraint failed (applied before it: shop.0002_order). Release r1 took no traffic. A copy from before is /data/backups/db-r1.sqlite3.",
      hint: "Fix the migration, then: mizan deploy",
      details: {
        location: "shop/migrations/0003_total.py:9",
        output: "Traceback\nIntegrityError: NOT NULL constraint failed",
      },
    });
    expect(record).toMatchObject({
      migrationHeads: { shop: "0002_order" },
      migrations: [PENDING[0]],
    });
  });

  it("need a database that answers", async () => {
    const { error } = await migrate(DONE, { pending: null, databaseError: "connection refused" });
    expect(error).toMatchObject({
      code: "RELEASE_UNHEALTHY",
      message: "The database does not answer: connection refused. Release r1 took no traffic.",
    });
  });
});
