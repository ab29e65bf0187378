/** The `bun` of a release, run by the machine's own sh and Python, asking an HTTP server on a socket. */

import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { writePipeWorkerShim } from "../../../cli/targets/local/pipe-worker-shim.ts";

const RUNTIME_FOLDER = join(import.meta.dirname, "../../../runtime/origin");
const BUN_FOLDER = join(import.meta.dirname, "../../../node_modules/.bin");
const TIMEOUT_MS = 30_000;

interface Release {
  readonly app: string;
  /** The shim's folder: all of PATH. */
  readonly bin: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `bun` as the framework's bridge does, by its name, with input. */
  readonly bun: (
    args: readonly string[],
    options?: { readonly env?: Record<string, string>; readonly input?: string },
  ) => Promise<{
    readonly exitCode: number | undefined;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

/** A release whose SSR server answers with the request's component. */
async function createRelease(worker = "node_modules/w/worker.tsx"): Promise<Release> {
  // A quote and a space, as in a user's folder.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mz it's ")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const app = join(folder, "app");
  mkdirSync(join(app, "node_modules/w"), { recursive: true });
  writeFileSync(join(app, "node_modules/w/worker.tsx"), "console.log('the worker itself')\n");
  // What an app may have in its working folder, which Python would take for its own modules.
  for (const name of ["json", "socket", "http", "mizan_runtime"]) {
    writeFileSync(join(app, `${name}.py`), "raise SystemExit('of the app')\n");
  }
  const socketPath = join(folder, "ssr.sock");
  const server = createServer(async (request, response) => {
    const { component } = JSON.parse(await text(request)) as { readonly component: string };
    response.end(`<p>${component}</p>`);
  }).listen(socketPath);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const pythonPath = (await execa("python3", ["-c", "import sys; print(sys.executable)"])).stdout;
  const bin = join(folder, "bin");
  await writePipeWorkerShim({ folder: bin, pythonPath, runtimeFolder: RUNTIME_FOLDER });
  const env = {
    PATH: bin,
    PYTHONPATH: app,
    MIZAN_SSR_SOCKET: socketPath,
    MIZAN_SSR_WORKER: worker,
    MIZAN_APP_FOLDER: app,
  };
  return {
    app,
    bin,
    env,
    bun: async (args, options = {}) => {
      const { exitCode, stdout, stderr } = await execa("bun", [...args], {
        cwd: app,
        env: { ...env, ...options.env },
        extendEnv: false,
        input: options.input ?? "",
        reject: false,
        timeout: TIMEOUT_MS,
      });
      return { exitCode, stdout, stderr };
    },
  };
}

const READY = '{"id": 0, "ready": true}';
const WORKER = "node_modules/w/worker.tsx";

test("the worker of the settings is the pipe worker, however its path is written", async () => {
  const { app, bun } = await createRelease();
  symlinkSync(app, join(app, "link"));
  for (const path of [WORKER, `./${WORKER}`, join(app, WORKER), `link/${WORKER}`]) {
    expect(await bun(["run", path])).toMatchObject({ exitCode: 0, stdout: READY, stderr: "" });
  }
  const absolute = { MIZAN_SSR_WORKER: join(app, WORKER) };
  expect((await bun(["run", WORKER], { env: absolute })).stdout).toBe(READY);
});

test("a worker that is not installed is known by its name", async () => {
  const worker = "not-there/worker.tsx";
  const { app, bun } = await createRelease(worker);
  for (const path of [worker, join(app, worker)]) {
    expect(await bun(["run", path])).toMatchObject({ exitCode: 0, stdout: READY });
  }
});

test("it renders by the SSR server, though the app has modules of the names of Python's", async () => {
  const release = await createRelease();
  const child = execa("bun", ["run", WORKER], {
    cwd: release.app,
    env: release.env,
    extendEnv: false,
    timeout: TIMEOUT_MS,
  });
  const lines = child.iterable();
  const file = join(release.app, "components/Hello.tsx");
  const request = { id: 1, method: "render", params: { file, props: {} } };
  child.stdin.write(`${JSON.stringify(request)}\n`);
  const answers: unknown[] = [];
  for await (const line of lines) {
    answers.push(JSON.parse(line));
    if (answers.length === 2) child.stdin.end();
  }
  expect(answers).toEqual([
    { id: 0, ready: true },
    { id: 1, html: "<p>components/Hello.tsx</p>" },
  ]);
});

test("anything else is the bun that comes after it", async () => {
  const { app, bin, bun } = await createRelease();
  writeFileSync(join(app, "own.ts"), "console.log(JSON.stringify(process.argv.slice(2)))\n");
  const withBun = { PATH: [bin, "", BUN_FOLDER].join(delimiter) };
  const own = await bun(["run", "own.ts", "a b", "*", "'"], { env: withBun });
  expect(own).toMatchObject({ exitCode: 0, stdout: '["a b","*","\'"]' });
  expect((await bun(["--version"], { env: withBun })).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  // Without an SSR server the worker is the framework's own.
  const without = { ...withBun, MIZAN_SSR_SOCKET: "" };
  expect((await bun(["run", WORKER], { env: without })).stdout).toBe("the worker itself");
  const other = { ...withBun, MIZAN_SSR_WORKER: "" };
  expect((await bun(["run", WORKER], { env: other })).stdout).toBe("the worker itself");
});

test("without another bun it says so, and two releases' folders on one PATH are no circle", async () => {
  const [first, second] = [await createRelease(), await createRelease()];
  const missing = { exitCode: 127, stdout: "", stderr: "bun: not found" };
  expect(await first.bun(["--version"])).toMatchObject(missing);
  const both = { PATH: [first.bin, second.bin].join(delimiter) };
  expect(await first.bun(["--version"], { env: both })).toMatchObject(missing);
});
