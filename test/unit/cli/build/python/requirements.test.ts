import { describe, expect, it } from "vitest";
import { findInstallHint } from "../../../../../cli/build/python/install-failure.ts";
import { convertPdmLock } from "../../../../../cli/build/python/pdm-lock.ts";
import { convertPipenvLock } from "../../../../../cli/build/python/pipenv-lock.ts";
import { readDjangoRequirement } from "../../../../../cli/build/python/read-django-requirement.ts";
import {
  findLocalPath,
  readRequirementFile,
} from "../../../../../cli/build/python/requirement-file.ts";
import { findMissing, normalizeName } from "../../../../../cli/build/python/server-packages.ts";

function sourceOf(files: Record<string, string>) {
  return { read: (path: string) => files[path] ?? null };
}

describe("readRequirementFile", () => {
  it("follows -r and -c, joins continued lines and drops comments", () => {
    const source = sourceOf({
      "req/prod.txt": "-r base.txt\n-c ../limits.txt\ngunicorn==23 # server\n",
      "req/base.txt": "django==5.2 \\\n  --hash=sha256:aa\n\n# nothing\n-r base.txt\n",
      "limits.txt": "six<2\n",
    });
    const read = readRequirementFile(source, "req/prod.txt");
    expect(read.lines.map(({ text }) => text)).toEqual([
      "django==5.2    --hash=sha256:aa",
      "gunicorn==23",
    ]);
    expect(read.files).toEqual(["req/prod.txt", "req/base.txt", "limits.txt"]);
  });

  it("keeps the fragment of an address, which is no comment", () => {
    const source = sourceOf({ "r.txt": "x @ git+ssh://host/x.git#egg=x\n" });
    expect(readRequirementFile(source, "r.txt").lines[0]?.text).toContain("#egg=x");
  });
});

describe("findLocalPath", () => {
  it.each([
    ["-e .", "."],
    ["-e ./libs/foo[extra]", "./libs/foo"],
    ["--editable=../foo", "../foo"],
    ["./libs/foo", "./libs/foo"],
    ["libs/foo", "libs/foo"],
    [".", "."],
    [".[dev]", "."],
    ["foo @ file:///a/b", "/a/b"],
    ["file:./vendor/x.whl", "./vendor/x.whl"],
    ["vendor/x-1.0-py3-none-any.whl ; python_version > '3'", "vendor/x-1.0-py3-none-any.whl"],
    ["-e git+https://host/x.git#egg=x", null],
    ["x @ git+https://host/x.git", null],
    ["django[argon2]==5.2 ; python_version > '3.8'", null],
    ["six==1.17.0 --hash=sha256:ab/cd", null],
    ["--extra-index-url https://host/simple", null],
    ["django-environ", null],
  ])("%s is %j", (line, path) => {
    expect(findLocalPath(line)).toBe(path);
  });
});

describe("readDjangoRequirement", () => {
  it.each([
    ["uv.lock", '[[package]]\nname = "django"\nversion = "5.2.8"\n', "5.2.8"],
    ["poetry.lock", '[[package]]\nname = "Django"\nversion = "4.2.1"\n', "4.2.1"],
    ["Pipfile.lock", '{"default":{"django":{"version":"==5.1.2"}}}', "==5.1.2"],
    ["requirements.txt", "django-environ\nDjango[argon2]==5.2.1 ; python_version > '3'\n", "5.2.1"],
    ["requirements.txt", "djangorestframework\nDjango >=4.2,<5 --hash=sha256:aa\n", ">=4.2,<5"],
    ["requirements.txt", "django\n", null],
    ["requirements.txt", "flask\n", null],
    ["pyproject.toml", '[project]\ndependencies = ["django>=5.0"]\n', ">=5.0"],
    ["pyproject.toml", '[project]\ndependencies = ["django (>=5.0,<6)"]\n', ">=5.0,<6"],
    ["uv.lock", "version = 1\n", null],
  ])("reads from %s: %j", (file, text, requirement) => {
    expect(readDjangoRequirement(sourceOf({ [file]: text }), [file])).toBe(requirement);
  });
});

describe("convertPipenvLock", () => {
  it("writes the default section with hashes, markers, paths, repositories and further sources", () => {
    const lock = {
      _meta: {
        sources: [
          { name: "pypi", url: "https://index.example/simple" },
          { name: "own", url: "https://$OWN_USER@own.example/simple" },
        ],
      },
      default: {
        six: {
          version: "==1.17.0",
          hashes: ["sha256:aa", "sha256:bb"],
          markers: "python_version > '2'",
        },
        foo: { path: "libs/foo", editable: true },
        bar: { git: "https://host.example/bar.git", ref: "abc" },
        baz: { version: "==1", extras: ["x"] },
      },
      develop: { pytest: { version: "==8" } },
    };
    expect(convertPipenvLock(JSON.stringify(lock), { OWN_USER: "me" })).toEqual([
      "--extra-index-url https://me@own.example/simple",
      "six==1.17.0 ; python_version > '2' --hash=sha256:aa --hash=sha256:bb",
      "-e ./libs/foo",
      "bar @ git+https://host.example/bar.git@abc",
      "baz[x]==1",
    ]);
  });

  it("refuses what is no lock", () => {
    expect(() => convertPipenvLock("{}", {})).toThrow(/Pipfile\.lock cannot be read/);
    expect(() => convertPipenvLock("no json", {})).toThrow(/Pipfile\.lock cannot be read/);
  });
});

describe("convertPdmLock", () => {
  it("writes the default group once per package", () => {
    const lock = `
[[package]]
name = "six"
version = "1.17.0"
groups = ["default", "dev"]
marker = "python_version > '3'"
files = [{file = "six.whl", hash = "sha256:aa"}]
[[package]]
name = "six"
version = "1.17.0"
extras = ["x"]
groups = ["default"]
files = [{file = "six.whl", hash = "sha256:aa"}]
[[package]]
name = "pytest"
version = "8"
groups = ["dev"]
[[package]]
name = "foo"
version = "1"
path = "./libs/foo"
editable = true
groups = ["default"]
`;
    expect(convertPdmLock(lock)).toEqual([
      "six==1.17.0 ; python_version > '3' --hash=sha256:aa",
      "-e ./libs/foo",
    ]);
  });

  it("refuses an old lock without groups", () => {
    expect(() => convertPdmLock('[[package]]\nname = "six"\nversion = "1"\n')).toThrow(/old form/);
  });
});

describe("server packages", () => {
  it("are missing only when no spelling of their name is installed", () => {
    const frozen = ["Gunicorn==22.0.0", "uvicorn_worker==0.2.0"];
    const wanted = ["gunicorn>=22,<28", "uvicorn>=0.30", "uvicorn-worker>=0.2"];
    expect(findMissing(wanted, frozen)).toEqual(["uvicorn>=0.30"]);
    expect(normalizeName("Foo.Bar__baz[x]>=1")).toBe("foo-bar-baz");
  });
});

describe("findInstallHint", () => {
  it.each([
    ["Error: pg_config executable not found.", /libpq-dev/],
    ["error: command 'gcc' failed: No such file or directory", /compiler/],
    ["fatal error: Python.h: No such file or directory", /python3-dev/],
    ["  × No solution found when resolving dependencies", /contradict/],
    ["pyproject.toml changed significantly since poetry.lock was last generated.", /poetry lock/],
    ["error: Failed to fetch: `https://x`", /not reached/],
    ["error: Failed to parse: `x`\n  Caused by: Git sources cannot be editable", /take -e/],
    [
      "cause: Git operation failed\n  fatal: unable to access 'https://x/': Could not connect to server",
      /git repository/,
    ],
  ])("%s", (output, hint) => {
    expect(findInstallHint(output)).toMatch(hint);
  });

  it("says nothing of what it does not know", () => {
    expect(findInstallHint("boom")).toBeUndefined();
  });
});
