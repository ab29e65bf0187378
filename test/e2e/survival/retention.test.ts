/** Five releases are kept: older ones are gone with their static files, those of kept ones are still served (D4, D5). */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor } from "../../helpers/wait-for.ts";
import { createSurvivalApp, listNames, type SurvivalApp } from "./survival-app.ts";

const RELEASES = 8;
const KEPT = 5;

let app: SurvivalApp;

beforeAll(async () => {
  app = await createSurvivalApp("ledger");
});

afterAll(() => app.remove());

/** Each release has a static file that no other has. */
async function deployWithOwnFile(number: number): Promise<string> {
  const file = (each: number) => `entries/static/only-${each}.css`;
  await rm(join(app.folder, file(number - 1)), { force: true });
  await app.edit(file(number), () => `.only-${number} { order: ${number}; }\n`);
  await app.setVersion(String(number + 1));
  return String((await app.mizan(["deploy"]))["release"]);
}

test("after eight deploys the last five are there, and nothing of the first three", async () => {
  const ids: string[] = [];
  for (let number = 1; number <= RELEASES; number += 1) ids.push(await deployWithOwnFile(number));
  const kept = ids.slice(-KEPT);
  const { releases } = (await app.mizan(["releases"])) as unknown as {
    releases: readonly { id: string }[];
  };
  expect(releases.map(({ id }) => id).sort()).toEqual(kept);
  expect(listNames(join(app.environmentFolder(), "releases"))).toEqual(kept);
  // One file that all have, and one of each kept release.
  expect(listNames(join(app.environmentFolder(), "assets"))).toHaveLength(KEPT + 1);
  for (let number = 1; number <= RELEASES; number += 1) {
    const answer = await fetch(`${app.origin}/static/only-${number}.css`);
    const isKept = number > RELEASES - KEPT;
    expect(answer.status, `only-${number}.css`).toBe(isKept ? 200 : 404);
    if (isKept) expect(await answer.text()).toContain(`.only-${number} `);
  }
  await waitFor("all origins but the last two to have drained", async () => {
    const { processes } = await app.readAgent();
    const origins = processes.filter(({ name }) => name === "origin");
    return (
      origins
        .map(({ release }) => release)
        .toSorted()
        .join() === ids.slice(-2).join()
    );
  });
});

test("the oldest kept release can still be gone back to", async () => {
  const { releases } = (await app.mizan(["releases"])) as unknown as {
    releases: readonly { id: string }[];
  };
  const oldest = releases.map(({ id }) => id).sort()[0] ?? "";
  await app.mizan(["rollback", oldest]);
  expect(await app.read("/version")).toEqual({ version: String(RELEASES - KEPT + 2) });
});
