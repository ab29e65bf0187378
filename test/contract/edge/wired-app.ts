/** The app `test/runtime/projects/wired` under the real runtime, behind a real Edge that caches its list of things. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, cpSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requestOverSocket } from "../../../cli/tools/request-over-socket.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { EdgeFixture } from "./edge-fixture.ts";
import { buildMizanState, SECRETS } from "./mizan-app.ts";

const root = join(import.meta.dirname, "../../..");
const PACKAGES = ["Django~=5.2.0", "gunicorn>=24.1", "uvicorn>=0.30", "uvicorn-worker>=0.2"];

/** The one context: titles of all things. `/upload/` writes one. */
export const THINGS = "/ctx/things/";

const MANIFEST = {
  version: 1,
  contexts: {
    things: {
      endpoints: [THINGS],
      functions: [{ name: "list_things", path: "rpc" }],
      params: [],
      page_routes: [],
      user_scoped: false,
      render_strategy: "psr",
    },
  },
  mutations: {
    upload: { affects: ["things"], auto_scoped_params: [], private: false, route: "/upload/" },
  },
};

export interface WiredOptions {
  readonly interface: "wsgi" | "asgi";
  readonly workers: number;
  readonly requestLimitSeconds: number;
  /** Of `createPython`. */
  readonly python: string;
}

export class WiredApp {
  readonly fixture = new EdgeFixture();
  port = 0;
  #origin: ChildProcess | null = null;

  static async start(options: WiredOptions): Promise<WiredApp> {
    const started = new WiredApp();
    try {
      await started.#startOrigin(options);
      const { requestLimitSeconds } = options;
      const state = buildMizanState({ manifest: MANIFEST, requestLimitSeconds });
      started.port = (await started.fixture.startEdge(state)).port;
    } catch (error) {
      await started.end();
      throw error;
    }
    return started;
  }

  /** Titles of all things, asked past the Edge. */
  async readThings(): Promise<readonly string[]> {
    const socketPath = this.fixture.slotSocket(0);
    const answer = await requestOverSocket({ socketPath, path: "/count/", timeoutMs: 10_000 });
    return JSON.parse(answer.body); // the fixture's own JSON
  }

  async end(): Promise<void> {
    const child = this.#origin;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      // A slow client could hold its end up; workers end with their master.
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await this.fixture.end();
  }

  async #startOrigin({ interface: kind, workers, python }: WiredOptions): Promise<void> {
    const { folder } = this.fixture;
    const app = join(folder, "app");
    cpSync(join(root, "test/runtime/projects/wired"), app, { recursive: true });
    const keys = join(folder, "edge-keys.json");
    writeFileSync(keys, JSON.stringify(SECRETS.edge), { mode: 0o600 });
    const env = {
      PATH: "/usr/bin:/bin",
      PYTHONPATH: join(root, "runtime/origin"),
      PYTHONDONTWRITEBYTECODE: "1",
      DJANGO_SETTINGS_MODULE: "wired.settings",
      MIZAN_SETTINGS_MODULE: "wired.settings",
      MIZAN_APPLICATION: `wired.${kind}:application`,
      MIZAN_INTERFACE: kind,
      MIZAN_WORKERS: String(workers),
      MIZAN_RELEASE: "r1",
      MIZAN_ENVIRONMENT: "local",
      MIZAN_EDGE_KEYS_FILE: keys,
      MIZAN_BIND: `unix:${this.fixture.slotSocket(0)}`,
    };
    execFileSync(python, ["manage.py", "migrate", "-v0"], { cwd: app, env });
    const logFile = join(folder, "origin.log");
    const log = openSync(logFile, "a");
    const child = spawn(python, ["-m", "mizan_runtime", "serve"], {
      cwd: app,
      env,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#origin = child;
    const socketPath = this.fixture.slotSocket(0);
    await waitFor(
      "the origin",
      () => {
        if (child.exitCode !== null) throw new Error(readFileSync(logFile, "utf8"));
        return requestOverSocket({ socketPath, path: "/_mizan/live", timeoutMs: 1000 });
      },
      { timeoutSeconds: 60 },
    );
  }
}

/** @returns an interpreter, in a new folder, with what the app and the runtime need */
export function createPython(folder: string): string {
  const python = join(folder, "bin/python");
  runTool("uv", "venv", "--quiet", "--python", "3.11", folder);
  runTool("uv", "pip", "install", "--quiet", "--python", python, ...PACKAGES);
  return python;
}

/** @param program on PATH, as the set-up of the machine puts it there */
function runTool(program: string, ...words: readonly string[]): void {
  execFileSync(program, words, { stdio: "pipe" });
}
