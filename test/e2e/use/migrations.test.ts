/** Rollback knows the migrations: the code goes back alone where the older code fits the newer tables. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { TempProject } from "../../helpers/temp-project.ts";
import { createTinyProject, expectFailure, fetchJson, fetchText, urlOf } from "./use-mizan.ts";

let project: TempProject;
let url = "";
const releases: string[] = [];

async function deploy(): Promise<void> {
  const result = await project.mizan(["deploy"]);
  url = urlOf(result);
  releases.push(String(result["release"]));
}

async function migrate(name: string, after: string, operation: string): Promise<void> {
  await project.edit(
    `notes/migrations/${name}.py`,
    () => `from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("notes", "${after}")]
    operations = [${operation}]
`,
  );
}

beforeAll(async () => {
  project = await createTinyProject();
  await deploy();
  await fetchText(url, "/add/?text=first");
});
afterAll(() => project.remove());

test("plan names a migration that is not applied, with its class", async () => {
  const field = 'models.CharField(max_length=20, default="", db_default="")';
  await migrate(
    "0002_note_place",
    "0001_initial",
    `migrations.AddField("note", "place", ${field})`,
  );
  await project.edit("notes/models.py", (text) => `${text}    place = ${field}\n`);
  const { changes } = await project.mizan(["plan"]);
  expect(changes).toContainEqual({
    area: "migration",
    action: "run",
    text: "notes.0002_note_place (expand)",
  });
});

test("after one that only adds, rollback goes back, and the older code writes on", async () => {
  await deploy();
  const { to } = await project.mizan(["rollback"]);
  expect(to).toBe(releases[0]);
  expect(await fetchJson(url, "/add/?text=second")).toEqual({ notes: ["first", "second"] });
  await project.mizan(["rollback", String(releases[1])]);
});

test("after one that removes, rollback is refused and names it; --allow-migrations goes through", async () => {
  await migrate(
    "0003_remove_note_place",
    "0002_note_place",
    'migrations.RemoveField("note", "place")',
  );
  await project.edit("notes/models.py", (text) => text.replace(/ {4}place = .*\n/, ""));
  await deploy();
  const error = await expectFailure(project, ["rollback"], "GUARD_REFUSED");
  expect(error.message).toContain("notes.0003_remove_note_place (contract)");
  expect(error.hint).toContain("mizan rollback --allow-migrations");
  expect(await project.mizan(["status"])).toMatchObject({ release: releases[2] });
  const back = await project.mizan(["rollback", "--allow-migrations"]);
  expect(back).toMatchObject({ from: releases[2], to: releases[1] });
  expect(await fetchJson(url, "/")).toMatchObject({ version: "1" });
});

test("forward again needs no word: nothing was applied after it", async () => {
  expect(await project.mizan(["rollback", String(releases[2])])).toMatchObject({ to: releases[2] });
  expect(await fetchJson(url, "/add/?text=third")).toEqual({ notes: ["first", "second", "third"] });
});
