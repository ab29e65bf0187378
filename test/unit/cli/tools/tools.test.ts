import { describe, expect, it } from "vitest";
import { parseGitStatus } from "../../../../cli/build/git-state.ts";
import {
  buildFetchLauncher,
  buildInstallCommand,
  buildPathLauncher,
  readLockedManager,
} from "../../../../cli/tools/node-package-manager.ts";
import {
  buildToolEnvironment,
  buildUvEnvironment,
} from "../../../../cli/tools/tool-environment.ts";
import { buildPipInstallCommand, buildSyncCommand } from "../../../../cli/tools/uv.ts";

describe("node package managers", () => {
  it.each([
    ["npm", null, "{}", "npm ci --include=dev --no-audit --no-fund"],
    ["pnpm", null, "lockfileVersion: '9.0'", "pnpm install --frozen-lockfile"],
    [
      "yarn",
      null,
      "# yarn lockfile v1",
      "yarn install --frozen-lockfile --non-interactive --production=false",
    ],
    ["yarn", null, "__metadata:\n  version: 8", "yarn install --immutable"],
    ["bun", null, "{}", "bun install --frozen-lockfile"],
    ["npm", null, null, "npm install --include=dev --no-audit --no-fund"],
    ["pnpm", null, null, "pnpm install --no-frozen-lockfile"],
  ] as const)("%s installs by its lock file (%s, %j)", (manager, field, lock, command) => {
    const locked = readLockedManager(manager, field, lock);
    const built = buildInstallCommand(buildPathLauncher(locked), locked, lock !== null);
    expect(built.join(" ")).toBe(command);
  });

  it.each([
    ["pnpm", "pnpm@9.15.0+sha512.abc", null, "--package=pnpm@9.15.0"],
    ["pnpm", null, "lockfileVersion: '6.0'", "--package=pnpm@8"],
    ["pnpm", null, "lockfileVersion: 5.4", "--package=pnpm@7"],
    ["yarn", "yarn@4.5.1", null, "--package=@yarnpkg/cli-dist@4.5.1"],
    ["yarn", null, "# yarn lockfile v1", "--package=yarn@1"],
    ["bun", null, null, "--package=bun@latest"],
  ] as const)("npm fetches %s (%s, %j) as %s", (manager, field, lock, wanted) => {
    expect(buildFetchLauncher(readLockedManager(manager, field, lock))).toContain(wanted);
  });
});

describe("tool environment", () => {
  it("drops what would bend a build, keeps the rest, and adds", () => {
    const user = {
      PATH: "/bin",
      VIRTUAL_ENV: "/x",
      npm_config_x: "1",
      MIZAN_ENV: "a",
      NODE_ENV: "test",
    };
    expect(buildToolEnvironment(user, { A: "1" })).toEqual({ PATH: "/bin", A: "1" });
  });

  it("gives uv the index of pip only where uv has none", () => {
    expect(buildUvEnvironment({ PIP_INDEX_URL: "p" })["UV_DEFAULT_INDEX"]).toBe("p");
    expect(
      buildUvEnvironment({ PIP_INDEX_URL: "p", UV_DEFAULT_INDEX: "u" })["UV_DEFAULT_INDEX"],
    ).toBe("u");
  });
});

describe("uv", () => {
  it("installs by lock, without development groups and without the project's own packages", () => {
    expect(buildSyncCommand("uv").join(" ")).toBe(
      "uv sync --frozen --no-dev --no-install-local --compile-bytecode",
    );
  });

  it("installs a complete list without resolving", () => {
    const command = buildPipInstallCommand({
      uv: "uv",
      python: "/v/bin/python",
      requirementFiles: ["/r.txt"],
      editables: ["/app"],
      noDependencies: true,
    });
    expect(command.slice(1).join(" ")).toBe(
      "pip install --compile-bytecode --python /v/bin/python --no-deps --requirement /r.txt --editable /app",
    );
  });
});

describe("parseGitStatus", () => {
  const commit = "a".repeat(40);

  it("is clean without entries and dirty with one", () => {
    const head = `# branch.oid ${commit}\0# branch.head main\0`;
    expect(parseGitStatus(head)).toEqual({ commit, dirty: false });
    expect(parseGitStatus(`${head}? new.py\0`)).toEqual({ commit, dirty: true });
  });

  it("is null before the first commit", () => {
    expect(parseGitStatus("# branch.oid (initial)\0# branch.head main\0")).toBeNull();
  });
});
