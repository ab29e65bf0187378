import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readProjectFiles } from "../../../../cli/inspect/project-files.ts";
import { findSettingsBranch } from "../../../../cli/inspect/settings-branch.ts";
import { readDockerfileMentions, readMentions } from "../../../../cli/inspect/settings-mentions.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-sm-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text = ""): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe("readMentions", () => {
  test.each([
    'os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"config.settings.{stage}")',
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings.{}'.format(stage))",
    'os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.%s" % stage',
    'os.environ.setdefault(\n    "DJANGO_SETTINGS_MODULE",\n    "config.settings." + os.getenv("STAGE", "dev"),\n)',
  ])("a name that is put together is that of the module for production: %s", (code) => {
    write("manage.py", `import os\n${code}\n`);
    write("config/settings/dev.py");
    write("config/settings/prod.py");
    const mentions = readMentions(readProjectFiles(folder), ".", "manage.py");
    expect(mentions.map(({ module }) => module)).toEqual(["config.settings.prod"]);
  });

  test("a name that is put together of modules not named for production is none", () => {
    write("manage.py", 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"config.settings.{x}")\n');
    write("config/settings/dev.py");
    write("prod.py");
    expect(readMentions(readProjectFiles(folder), ".", "manage.py")).toEqual([]);
  });
});

describe("readDockerfileMentions", () => {
  test("reads ENV in each of its forms, of the images that production runs", () => {
    write("Dockerfile", "FROM a\nENV DJANGO_SETTINGS_MODULE config.a\n");
    write("server/Dockerfile.prod", 'ENV A=1 \\\n  DJANGO_SETTINGS_MODULE="config.b"\n');
    write("server/Dockerfile.dev", "ENV DJANGO_SETTINGS_MODULE=config.c\n");
    write("other/Dockerfile", "ENV DJANGO_SETTINGS_MODULE=config.d\n");
    write("server/Containerfile", "# ENV DJANGO_SETTINGS_MODULE=config.e\n");
    expect(readDockerfileMentions(readProjectFiles(folder), "server")).toEqual([
      { module: "config.a", at: "Dockerfile:2" },
      { module: "config.b", at: "server/Dockerfile.prod:2" },
    ]);
  });
});

describe("findSettingsBranch", () => {
  test("names the variable, the modules and what to set", () => {
    write("config/settings/production.py");
    write(
      "config/settings/__init__.py",
      'from decouple import config\nif config("STAGE") == "dev":\n    from .dev import *\nelif config("STAGE") == "production":\n    from .production import *\n',
    );
    const [finding, ...others] = findSettingsBranch(
      readProjectFiles(folder),
      ".",
      "config.settings",
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: "SETTINGS_BY_VARIABLE",
      evidence: "config/settings/__init__.py:2",
      hint: "Add to .env: STAGE=production",
    });
    expect(finding?.message).toContain("dev or production by STAGE");
  });

  test.each([
    "from .base import *\ntry:\n    from .local import *\nexcept ImportError:\n    pass\n",
    'import os\nDEBUG = os.environ.get("DEBUG")\nif DEBUG:\n    from .dev import *\n',
  ])("says nothing of an optional module (%#)", (text) => {
    write("settings.py", text);
    expect(findSettingsBranch(readProjectFiles(folder), ".", "settings")).toEqual([]);
  });
});
