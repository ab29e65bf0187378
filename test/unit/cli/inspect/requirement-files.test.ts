import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readProjectFiles } from "../../../../cli/inspect/project-files.ts";
import { readRequirements } from "../../../../cli/inspect/requirement-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-rq-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function namesIn(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  for (const [path, content] of Object.entries({ ...files, "requirements.txt": text })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const read = readRequirements(readProjectFiles(folder), ["requirements.txt"]);
  return read.map(({ name }) => name);
}

describe("readRequirements", () => {
  test.each([
    ["Django==5.2", "django"],
    ["  Django[argon2] >= 5 ; python_version > '3'  # comment", "django"],
    ["Django@git+https://git.example.com/django/django.git", "django"],
    ["django @ https://example.com/Django-5.2.tar.gz", "django"],
    ["git+https://git.example.com/acme/Django_Mails.git@main", "django-mails"],
    ["git+ssh://git@git.example.com/acme/shop.git#egg=acme.shop&subdirectory=x", "acme-shop"],
    ["-e git+https://git.example.com/acme/shop.git@1.0#egg=shop", "shop"],
    ["--editable=git+https://git.example.com/acme/shop", "shop"],
    ["https://example.com/files/Django-5.2.19.tar.gz", "django"],
    ["https://example.com/files/django-5.2.19-py3-none-any.whl", "django"],
  ])("%s", (line, name) => {
    expect(namesIn(line)).toEqual([name]);
  });

  test("knows no name for options, comments and addresses of indexes", () => {
    expect(
      namesIn("# Django\n--index-url https://u:p@example.com/simple\n-i x\n--hash=a\n"),
    ).toEqual([]);
  });

  test.each(["-e .", ".", "-e .[prod]", "./"])(
    "takes what the project itself needs: %s",
    (line) => {
      const pyproject =
        '[project]\nname = "shop"\nversion = "1"\ndependencies = ["Django>=5", "six"]\n';
      expect(namesIn(line, { "pyproject.toml": pyproject })).toEqual(["django", "six"]);
    },
  );

  test("takes what a package of the project needs, by its Poetry table too", () => {
    const pyproject = '[tool.poetry.dependencies]\npython = "^3.12"\nDjango = "^5"\n';
    expect(namesIn("-e ./libs/core\nsix\n", { "libs/core/pyproject.toml": pyproject })).toEqual([
      "django",
      "six",
    ]);
  });

  test("a package without pyproject.toml says nothing", () => {
    expect(namesIn("-e ../elsewhere\n-e ./libs/old\n")).toEqual([]);
  });
});
