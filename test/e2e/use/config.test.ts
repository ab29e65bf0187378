/** A config that overrides everything: each of its lines is what runs. */

import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findFreePort } from "../../helpers/free-port.ts";
import { createTinyProject, fetchJson, urlOf } from "./use-mizan.ts";

test("facts, address, variables, workers, interpreter and number of releases are the config's", async () => {
  const project = await createTinyProject();
  onTestFinished(() => project.remove());
  const at = (...path: string[]) => join(project.folder, ...path);
  await mkdir(at("server"));
  for (const name of ["tiny", "notes", "manage.py", "requirements.txt"]) {
    await rename(at(name), at("server", name));
  }
  // Whatever detection would choose, the config says otherwise.
  await rename(at("server/tiny/wsgi.py"), at("server/tiny/served.py"));
  await rename(at("server/requirements.txt"), at("server/needs.txt"));
  await project.edit(
    "server/tiny/other.py",
    () => `from .settings import *  # noqa: F403
import os

WSGI_APPLICATION = "tiny.served.application"
DATABASES["default"]["NAME"] = BASE_DIR / "other.sqlite3"
GREETING = "%s %s" % (os.environ["FROM_CONFIG"], os.environ.get("FROM_SHELL"))
DEBUG = False
ALLOWED_HOSTS = ["*"]
`,
  );
  const port = await findFreePort();
  await project.edit(
    "mizan.config.ts",
    () => `export default {
  facts: {
    "backend.root": "server",
    "backend.settingsModule": "tiny.other",
    "backend.wsgi": "tiny.served:application",
    "backend.interface": "wsgi",
    "backend.packageManager": "requirements",
    "backend.dependencyFiles": ["server/needs.txt"],
    "backend.python": ">=3.9",
    "backend.celery": null,
    "backend.database": "sqlite",
    frontends: [],
    processes: {},
  },
  python: "python3.11",
  defaultEnvironment: "shop",
  environments: {
    shop: {
      port: ${port},
      host: "0.0.0.0",
      hosts: ["shop.example.test"],
      env: { FROM_CONFIG: "config" },
      passEnv: ["FROM_SHELL"],
      disabledOverlayRules: ["debug"],
      workers: 1,
      startTimeoutSeconds: 90,
      database: "external",
      redis: "external",
      keepReleases: 2,
    },
  },
};
`,
  );
  const env = { FROM_SHELL: "shell" };
  const first = await project.mizan(["deploy"], { env });
  expect(first).toMatchObject({ environment: "shop", url: `http://127.0.0.1:${port}` });
  const url = urlOf(first);
  expect(await fetchJson(url, "/")).toMatchObject({ greeting: "config shell" });
  const { facts } = await project.mizan(["inspect"], { env });
  expect(facts).toMatchObject({
    "backend.settingsModule": { value: "tiny.other" },
    "backend.wsgi": { value: "tiny.served:application" },
    "settings.python": { value: expect.stringMatching(/^3\.11\./) },
  });
  const origins = project
    .processes()
    .filter(({ command }) => command.endsWith("mizan_runtime serve"));
  expect(origins).toHaveLength(2); // one worker and the process above it

  for (const version of ["2", "3"]) {
    await project.edit("server/tiny/urls.py", (text) =>
      text.replace(/VERSION = ".*"/, `VERSION = "${version}"`),
    );
    await project.mizan(["deploy"], { env });
  }
  const { releases } = await project.mizan(["releases"]);
  expect(releases).toHaveLength(2);
  expect(readdirSync(at(".mizan/env/shop/releases"))).toHaveLength(2);
  await project.mizan(["destroy", "--yes", "--keep-data"]);
  expect(existsSync(at(".mizan/env/shop/data"))).toBe(true);
  expect(existsSync(at(".mizan/env/shop/releases"))).toBe(false);
  await project.mizan(["deploy"], { env });
});
