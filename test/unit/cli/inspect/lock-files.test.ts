import { expect, test } from "vitest";
import type { ProjectFiles } from "../../../../cli/inspect/facts.ts";
import { findLockDisagreement } from "../../../../cli/inspect/lock-files.ts";

const uv =
  '[[package]]\nname = "django"\nversion = "5.2"\n\n[[package]]\nname = "Foo_Bar"\nversion = "1"\n';
const pipfile = (packages: object) => JSON.stringify({ default: packages });

function createFiles(texts: Readonly<Record<string, string>>): ProjectFiles {
  const read = (path: string) => texts[path] ?? null;
  return { root: "/", paths: Object.keys(texts).sort(), read, has: (path) => read(path) !== null };
}

test("locks that pin the same versions agree, however the names are spelt", () => {
  const files = createFiles({
    "uv.lock": uv,
    "Pipfile.lock": pipfile({ Django: { version: "==5.2" }, "foo.bar": { version: "==1" } }),
  });
  expect(findLockDisagreement(files, "uv.lock", "Pipfile.lock")).toBeNull();
});

test("an empty lock does not agree with a full one", () => {
  const files = createFiles({ "uv.lock": uv, "poetry.lock": "" });
  expect(findLockDisagreement(files, "uv.lock", "poetry.lock")).toBe("not both pin Django");
});
