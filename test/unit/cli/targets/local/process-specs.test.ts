import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentPaths } from "../../../../../cli/targets/local/environment-paths.ts";
import {
  type LaunchPlan,
  readLaunchPlan,
  releaseFiles,
  writeLaunchPlan,
} from "../../../../../cli/targets/local/launch-plan.ts";
import {
  beatSpec,
  buildRuntimeEnv,
  originSpec,
  pickBaseEnv,
  type SpecContext,
  workerSpec,
} from "../../../../../cli/targets/local/process-specs.ts";
import {
  readVariablesFile,
  writeVariablesFile,
} from "../../../../../cli/targets/local/variables-file.ts";
import { RUNTIME_ENV } from "../../../../../runtime/origin/contract.ts";

const paths = environmentPaths("/srv/shop", "local");
const files = releaseFiles(join(paths.releases, "r1"));
const shell = {
  PATH: "/usr/bin:/bin",
  HOME: "/home/me",
  LANG: "C.UTF-8",
  SECRET_KEY: "s3cret",
  AWS_SECRET_ACCESS_KEY: "s3cret",
  DATABASE_URL: "postgresql://me:s3cret@db/shop",
  PYTHONPATH: "/elsewhere",
  PYTHONSTARTUP: "/elsewhere/start.py",
  DJANGO_SETTINGS_MODULE: "other.settings",
  NODE_OPTIONS: "--inspect",
};
const plan: LaunchPlan = {
  version: 1,
  release: "r1",
  appFolder: files.app,
  backendFolder: join(files.app, "backend"),
  importFolders: [join(files.app, "src")],
  runtimeFolder: "/srv/shop/.mizan/runtime/abc",
  pythonPath: "/srv/shop/.mizan/venv/k/bin/python",
  settingsModule: "config.settings",
  interface: "asgi",
  application: "config.asgi:application",
  workers: 3,
  baseEnv: pickBaseEnv(shell),
  startTimeoutSeconds: 60,
  celery: { app: "config", beat: true },
  services: ["postgres"],
  staticFolder: "/p/static",
  edgeKeysFile: "/p/edge-keys.json",
  edgeIgnoreTables: ["access_log"],
  render: null,
  overlayFile: files.overlay,
  variablesFile: files.variables,
};
const context: SpecContext = { paths, environment: "local" };
const specs = [originSpec(plan, 2, context), workerSpec(plan, context), beatSpec(plan, context)];

describe("processes of a release", () => {
  it("have no secret in argv or environment, and of the shell only what any login has", () => {
    expect(JSON.stringify(specs)).not.toMatch(/s3cret|elsewhere|inspect|other\.settings/);
    const own = new Set<string>(Object.values(RUNTIME_ENV));
    const names = new Set(specs.flatMap((spec) => Object.keys(spec?.env ?? {})));
    expect([...names].filter((name) => !own.has(name)).sort()).toEqual([
      "DJANGO_SETTINGS_MODULE",
      "HOME",
      "LANG",
      "PATH",
      "PYTHONPATH",
      "PYTHONUNBUFFERED",
      "VIRTUAL_ENV",
    ]);
  });

  it("take their values from the release's own file, which is no part of what is written down", () => {
    for (const spec of specs) expect(spec?.envFiles).toEqual([files.variables]);
  });

  it("run the release's own interpreter and runtime in the release's own copy of the app", () => {
    for (const spec of specs) {
      expect(spec?.command.slice(0, 3)).toEqual([plan.pythonPath, "-m", "mizan_runtime"]);
      expect(spec?.cwd).toBe(plan.backendFolder);
      expect(spec?.env["PYTHONPATH"]).toBe(
        `${plan.runtimeFolder}:${plan.backendFolder}:${files.app}/src`,
      );
      expect(spec?.env["PATH"]).toBe("/srv/shop/.mizan/venv/k/bin:/usr/bin:/bin");
      expect(spec?.env["VIRTUAL_ENV"]).toBe("/srv/shop/.mizan/venv/k");
      expect(spec?.env["DJANGO_SETTINGS_MODULE"]).toBe("mizan_runtime.settings");
    }
    expect(buildRuntimeEnv({ ...plan, baseEnv: {} }, context)["PATH"]).toBe(
      "/srv/shop/.mizan/venv/k/bin",
    );
  });

  it("are an origin on its slot's socket, a worker and a beat, each with a log and a ready check of its own", () => {
    expect(specs.map((spec) => [spec?.name, spec?.command[3], spec?.logFile, spec?.ready])).toEqual(
      [
        [
          "origin",
          "serve",
          `${paths.logs}/origin-r1.log`,
          { kind: "http", socketPath: paths.slotSocket(2), path: "/_mizan/ready" },
        ],
        [
          "worker",
          "celery-worker",
          `${paths.logs}/worker-r1.log`,
          { kind: "file", path: `${paths.releases}/r1/worker.ready` },
        ],
        [
          "beat",
          "celery-beat",
          `${paths.logs}/beat-r1.log`,
          { kind: "file", path: `${paths.releases}/r1/beat.ready` },
        ],
      ],
    );
    expect(specs[0]?.env[RUNTIME_ENV.bind]).toBe(`unix:${paths.slotSocket(2)}`);
    expect(specs[1]?.env[RUNTIME_ENV.celeryApp]).toBe("config");
  });

  it("are no worker and no beat where the app has none", () => {
    const without = { ...plan, celery: null };
    expect([workerSpec(without, context), beatSpec(without, context)]).toEqual([null, null]);
    expect(beatSpec({ ...plan, celery: { app: "config", beat: false } }, context)).toBeNull();
  });

  it("leave the number of workers to the runtime unless the config has one", () => {
    expect(buildRuntimeEnv(plan, context)[RUNTIME_ENV.workers]).toBe("3");
    expect(RUNTIME_ENV.workers in buildRuntimeEnv({ ...plan, workers: null }, context)).toBe(false);
  });
});

describe("files of a release", () => {
  it("give back the launch plan that was written, and refuse one of another version", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mz-plan-"));
    await writeLaunchPlan(folder, plan);
    expect(await readLaunchPlan(folder)).toEqual(plan);
    const newer = JSON.stringify({ ...plan, version: 2 });
    await writeFile(releaseFiles(folder).launchPlan, newer);
    await expect(readLaunchPlan(folder)).rejects.toMatchObject({
      code: "RELEASE_UNKNOWN",
      hint: "Make a new release: mizan deploy --force",
    });
    await rm(folder, { recursive: true });
  });

  it("keep variables for their owner alone, and errors about them say nothing of the content", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mz-vars-"));
    const file = join(folder, "variables.json");
    await writeVariablesFile(file, { TOKEN: "s3cret", EMPTY: "" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readVariablesFile(file)).toEqual({ TOKEN: "s3cret", EMPTY: "" });
    const text = await readFile(file, "utf8");
    for (const broken of [text.slice(0, -4), `${text}s3cret`, '{"s3cret": 1}', "s3cret", ""]) {
      await writeFile(file, broken);
      const error = await readVariablesFile(file).catch((thrown: Error) => thrown);
      expect(String((error as Error).stack)).toContain("is no JSON table of texts");
      expect(String((error as Error).stack)).not.toContain("s3cret");
    }
    await rm(folder, { recursive: true });
  });
});
