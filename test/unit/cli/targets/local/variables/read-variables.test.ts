import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  buildVariableSources,
  describeVariables,
} from "../../../../../../cli/targets/local/variables/describe-variables.ts";
import {
  type ReadVariablesOptions,
  readVariables,
} from "../../../../../../cli/targets/local/variables/read-variables.ts";
import type { Variables } from "../../../../../../cli/targets/local/variables/variable.ts";

let projectRoot: string;
beforeEach(async () => {
  projectRoot = await mkdtemp(join(tmpdir(), "mizan-vars-"));
});
afterEach(async () => {
  await rm(projectRoot, { recursive: true, force: true });
});

async function writeFiles(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(projectRoot, path)), { recursive: true });
    await writeFile(join(projectRoot, path), text);
  }
}

function read(options: Partial<ReadVariablesOptions> = {}): Promise<Variables> {
  return readVariables({
    projectRoot,
    backendRoot: "backend",
    environmentName: "production",
    shell: {},
    configEnv: {},
    passEnv: [],
    askedNames: [],
    ...options,
  });
}

function reveal(variables: Variables): Record<string, string> {
  return Object.fromEntries([...variables].map(([name, { value }]) => [name, value.reveal()]));
}

describe("readVariables", () => {
  it("lets the later source win: .env, .env.<environment>, config, shell", async () => {
    await writeFiles({
      ".env": "A=root\nB=root\nC=root\nD=root\nE=root",
      "backend/.env": "B=backend\nC=backend\nD=backend\nE=backend",
      ".env.production": "C=production\nD=production\nE=production",
      ".env.other": "A=other",
    });
    const variables = await read({
      configEnv: { D: "config", E: "config" },
      shell: { E: "shell" },
    });
    expect(reveal(variables)).toEqual({
      A: "root",
      B: "backend",
      C: "production",
      D: "config",
      E: "shell",
    });
    expect(buildVariableSources(variables)).toEqual({
      A: ".env",
      B: "backend/.env",
      C: ".env.production",
      D: "mizan.config",
      E: "shell",
    });
  });

  it("takes from the shell only what is asked for, configured or in a file", async () => {
    await writeFiles({ ".env": "IN_FILE=file" });
    const variables = await read({
      shell: { ASKED: "1", PASSED: "2", IN_FILE: "3", AWS_SECRET_ACCESS_KEY: "no", PATH: "/bin" },
      askedNames: ["ASKED", "ABSENT", "constructor"],
      passEnv: ["PASSED"],
    });
    expect(reveal(variables)).toEqual({ ASKED: "1", PASSED: "2", IN_FILE: "3" });
  });

  it("keeps an empty value of the shell: it is set", async () => {
    const variables = await read({ shell: { ASKED: "" }, askedNames: ["ASKED"] });
    expect(reveal(variables)).toEqual({ ASKED: "" });
  });

  it("leaves out the names that the target sets itself", async () => {
    await writeFiles({ ".env": "MIZAN_BIND=evil\nMIZAN_CACHE_REDIS_URL=redis://x" });
    const variables = await read({ configEnv: { MIZAN_RELEASE: "evil" } });
    expect(reveal(variables)).toEqual({ MIZAN_CACHE_REDIS_URL: "redis://x" });
  });

  it("reads each file once where the backend is the project", async () => {
    await writeFiles({ ".env": "A=1" });
    expect(describeVariables(await read({ backendRoot: "." }))).toEqual([".env: A"]);
  });

  it("names every unreadable line of every file in one error, without its text", async () => {
    await writeFiles({ ".env": "A=1\nhunter2", "backend/.env": "\nB='hunter2" });
    const error = await read().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "CONFIG_INVALID",
      exitCode: 3,
      hint: expect.stringContaining("NAME=value"),
      details: {
        problems: [".env:2: there is no `=`", "backend/.env:2: the quote ' is not closed"],
      },
    });
    expect(inspect(error, { depth: 9 })).not.toContain("hunter2");
  });

  it("never shows a value, however it is printed", async () => {
    await writeFiles({ ".env": "TOKEN=hunter2" });
    const variables = await read();
    const variable = variables.get("TOKEN");
    const printed = [
      inspect(variables, { depth: 9, showHidden: true }),
      JSON.stringify([...variables]),
      `${variable?.value}`,
      describeVariables(variables).join(),
      JSON.stringify(buildVariableSources(variables)),
    ];
    expect(printed.join("\n")).not.toContain("hunter2");
    expect(printed[2]).toBe("[redacted]");
  });
});

describe("describeVariables", () => {
  it("groups names by source", async () => {
    await writeFiles({ ".env": "B=1\nA=1" });
    const variables = await read({ configEnv: { C: "1" } });
    expect(describeVariables(variables)).toEqual([".env: A, B", "mizan.config: C"]);
  });
});
