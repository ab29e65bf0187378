/** The app `test/fixtures/apps/counters` under the real runtime, twice over one database, behind a real Edge. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requestOverSocket } from "../../../../cli/tools/request-over-socket.ts";
import type { EdgeState } from "../../../../edge/cache/contract.ts";
import { waitFor } from "../../../helpers/wait-for.ts";
import { EdgeFixture } from "../edge-fixture.ts";
import { buildMizanState, SECRETS } from "../mizan-app.ts";

const root = join(import.meta.dirname, "../../../..");
const app = join(root, "test/fixtures/apps/counters");
const PYTHON = "3.11";

/** H is 2 + 2 + 2 s. */
const REQUEST_LIMIT_SECONDS = 2;

export class CountersApp {
  readonly fixture = new EdgeFixture();
  readonly #python: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #origins: ChildProcess[] = [];
  port = 0;

  private constructor() {
    const { folder } = this.fixture;
    const keys = join(folder, "edge-keys.json");
    writeFileSync(keys, JSON.stringify(SECRETS.edge), { mode: 0o600 });
    this.#python = createPython(join(folder, "venv"));
    this.#environment = {
      PATH: "/usr/bin:/bin",
      PYTHONPATH: [join(root, "runtime/origin"), join(root, "test/standin/mizan")].join(":"),
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONWARNINGS: "ignore",
      COUNTERS_DATABASE: join(folder, "counters.sqlite3"),
      COUNTERS_TOKEN_SECRET: SECRETS.mwt[0]?.secret ?? "",
      MIZAN_SETTINGS_MODULE: "config.settings",
      MIZAN_APPLICATION: "config.wsgi:application",
      MIZAN_INTERFACE: "wsgi",
      MIZAN_WORKERS: "2",
      MIZAN_ENVIRONMENT: "local",
      MIZAN_EDGE_KEYS_FILE: keys,
    };
  }

  /** Two releases on slots 0 and 1, the first of them live. */
  static async start(): Promise<CountersApp> {
    const started = new CountersApp();
    try {
      started.#manage("migrate", "-v0");
      await Promise.all([started.#startOrigin(0), started.#startOrigin(1)]);
      const edge = await started.fixture.startEdge(started.buildState(0));
      started.port = edge.port;
    } catch (error) {
      await started.end();
      throw error;
    }
    return started;
  }

  /** @param slot of the release that is to be live: 0 has revision 1, 1 has revision 2 */
  buildState(slot: 0 | 1): EdgeState {
    const manifest: unknown = JSON.parse(this.#manage("export_edge_manifest", slot));
    return buildMizanState(
      { manifest, requestLimitSeconds: REQUEST_LIMIT_SECONDS },
      { slot, release: `r${slot + 1}` },
    );
  }

  /** What the database holds, by counter, asked past the Edge. */
  async readValues(): Promise<Readonly<Record<string, number>>> {
    const socketPath = this.fixture.slotSocket(0);
    const answer = await requestOverSocket({ socketPath, path: "/values/", timeoutMs: 10_000 });
    return JSON.parse(answer.body); // the fixture's own JSON
  }

  /** What the origins have said on stderr. */
  readLog(): string {
    return [0, 1]
      .map((slot) => join(this.fixture.folder, `origin-${slot}.log`))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, "utf8"))
      .join("");
  }

  async end(): Promise<void> {
    await Promise.all(this.#origins.map(endOrigin));
    await this.fixture.end();
  }

  #manage(command: string, option: string | 0 | 1): string {
    const words = typeof option === "string" ? [option] : [];
    const revision = typeof option === "string" ? 0 : option;
    return execFileSync(this.#python, ["manage.py", command, ...words], {
      cwd: app,
      env: { ...this.#environment, COUNTERS_REVISION: String(revision + 1) },
      encoding: "utf8",
    });
  }

  async #startOrigin(slot: 0 | 1): Promise<void> {
    const { folder } = this.fixture;
    const log = openSync(join(folder, `origin-${slot}.log`), "a");
    const child = spawn(this.#python, ["-m", "mizan_runtime", "serve"], {
      cwd: app,
      env: {
        ...this.#environment,
        COUNTERS_REVISION: String(slot + 1),
        MIZAN_RELEASE: `r${slot + 1}`,
        MIZAN_BIND: `unix:${this.fixture.slotSocket(slot)}`,
      },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#origins.push(child);
    const ended = once(child, "exit").then(() => {
      throw new Error(`the origin ended:\n${this.readLog()}`);
    });
    ended.catch(() => undefined); // of interest only until it is live
    const socketPath = this.fixture.slotSocket(slot);
    const live = waitFor(
      "the origin",
      () => requestOverSocket({ socketPath, path: "/_mizan/live", timeoutMs: 1000 }),
      { timeoutSeconds: 60 },
    );
    await Promise.race([live, ended]);
  }
}

/** With its workers; in time, or by force, upon which they end by themselves. */
async function endOrigin(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  child.kill("SIGTERM");
  await once(child, "exit");
  clearTimeout(timer);
}

/** An interpreter with what the app needs; `mizan` and the runtime come by path. */
function createPython(folder: string): string {
  const python = join(folder, "bin/python");
  const requirements = join(app, "requirements.txt");
  runTool("uv", "venv", "--quiet", "--python", PYTHON, folder);
  runTool("uv", "pip", "install", "--quiet", "--python", python, "--requirement", requirements);
  return python;
}

/** @param program on PATH, as the set-up of the machine puts it there */
function runTool(program: string, ...words: readonly string[]): void {
  execFileSync(program, words, { stdio: "pipe" });
}
