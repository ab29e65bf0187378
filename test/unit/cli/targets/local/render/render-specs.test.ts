import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentPaths } from "../../../../../../cli/targets/local/environment-paths.ts";
import type { LaunchPlan } from "../../../../../../cli/targets/local/launch-plan.ts";
import { releaseFiles } from "../../../../../../cli/targets/local/launch-plan.ts";
import { buildRuntimeEnv } from "../../../../../../cli/targets/local/process-specs.ts";
import { buildRenderSpecs } from "../../../../../../cli/targets/local/render/render-specs.ts";
import { RUNTIME_ENV } from "../../../../../../runtime/origin/contract.ts";
import { SSR_ENV } from "../../../../../../runtime/ssr/contract.ts";

const paths = environmentPaths("/srv/shop", "local");
const files = releaseFiles(join(paths.releases, "r1"));
const context = { paths, environment: "local" };

const render = {
  bunPath: "/usr/bin/bun",
  workerdPath: "/usr/bin/workerd",
  folder: files.render,
  edgeModules: ["entry.mjs"],
  worker: "node_modules/@mizan/ssr/src/worker.tsx",
};

function buildPlan(change: LaunchPlan["render"]): LaunchPlan {
  return {
    version: 1,
    release: "r1",
    appFolder: files.app,
    backendFolder: join(files.app, "backend"),
    importFolders: [],
    runtimeFolder: "/srv/shop/.mizan/runtime/abc",
    pythonPath: "/srv/shop/.mizan/venv/k/bin/python",
    settingsModule: "config.settings",
    interface: "wsgi",
    application: "config.wsgi:application",
    workers: null,
    baseEnv: { PATH: "/usr/bin" },
    startTimeoutSeconds: 60,
    celery: null,
    services: [],
    staticFolder: "/p/static",
    edgeKeysFile: null,
    edgeIgnoreTables: [],
    render: change,
    overlayFile: files.overlay,
    variablesFile: files.variables,
  };
}

describe("buildRenderSpecs", () => {
  it("gives each renderer its slot's socket, bounds, and none of the app's variables", () => {
    const [ssr, worker, ...others] = buildRenderSpecs(buildPlan(render), 3, context);
    expect(others).toEqual([]);
    expect(ssr).toMatchObject({
      name: "ssr",
      command: ["/usr/bin/bun", join(files.render, "server.mjs")],
      env: {
        [SSR_ENV.bind]: `unix:${paths.ssrSocket(3)}`,
        [SSR_ENV.entry]: join(files.render, "bun/entry.mjs"),
      },
      watch: { socketPath: paths.ssrSocket(3), path: "/live", silentSeconds: 3 },
    });
    expect(worker).toMatchObject({
      name: "render",
      command: [
        "/usr/bin/workerd",
        "serve",
        join(files.render, "render.capnp"),
        "--socket-addr",
        `http=unix:${paths.renderSocket(3)}`,
      ],
      sockets: [paths.renderSocket(3)],
      watch: { socketPath: paths.renderSocket(3), path: "/live", silentSeconds: 3 },
    });
    for (const spec of [ssr, worker]) {
      expect(spec).toMatchObject({
        release: "r1",
        envFiles: [],
        neededBy: ["origin", "worker", "beat"],
      });
    }
  });

  it("starts no Render where every component needs Node APIs, and nothing without components", () => {
    const alone = buildRenderSpecs(buildPlan({ ...render, edgeModules: [] }), 0, context);
    expect(alone.map(({ name }) => name)).toEqual(["ssr"]);
    expect(buildRenderSpecs(buildPlan(null), 0, context)).toEqual([]);
  });
});

describe("a process of an app with a template backend that renders components", () => {
  it("finds our pipe worker before any other bun, and where to ask", () => {
    const env = buildRuntimeEnv(buildPlan(render), context);
    expect(env["PATH"]?.split(":")[0]).toBe(files.bin);
    expect(env).toMatchObject({
      [RUNTIME_ENV.ssrSocket]: paths.ssrLink("r1"),
      [RUNTIME_ENV.ssrWorker]: render.worker,
      [RUNTIME_ENV.appFolder]: files.app,
    });
  });

  it.each([null, { ...render, worker: null }])("is as it was without one: %j", (change) => {
    const env = buildRuntimeEnv(buildPlan(change), context);
    expect(env["PATH"]).not.toContain(files.bin);
    expect(Object.keys(env)).not.toContain(RUNTIME_ENV.ssrSocket);
  });
});
