/** A real SSR server in a folder of its own, with the components of `test/fixtures/ssr`. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { type ClientRequest, type RequestOptions, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { SSR_ENV } from "../../../runtime/ssr/contract.ts";
import { findProcessesOf } from "../../helpers/processes.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const root = join(import.meta.dirname, "../../..");

/** What a deploy would generate. */
const ENTRY = `
import { createElement } from "react";
import { renderToReadableStream } from "react-dom/server";
import { createReactAdapter, serveRenders } from "./runtime/ssr/child.ts";
import * as all from "./test/fixtures/ssr/components.tsx";
const components = Object.entries(all).map(([name, component]) => [
  name, { framework: "react", load: async () => ({ default: component }) },
]);
serveRenders({
  bundle: "bundle-of-test",
  components: Object.fromEntries(components),
  adapters: { react: createReactAdapter({ createElement, renderToReadableStream }) },
  document: { start: "<html><head>", title: "", middle: "</head><body>", end: "</body></html>" },
  loadSourceMaps: async () => ({}),
});
`;

const bundle = build({
  stdin: { contents: ENTRY, resolveDir: root, loader: "ts" },
  bundle: true,
  format: "esm",
  platform: "node",
  mainFields: ["module", "main"],
  conditions: ["bun", "worker"],
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  write: false,
}).then(({ outputFiles }) => outputFiles[0]?.text ?? "");

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The connection was not broken off. */
  readonly isWhole: boolean;
}

export interface SsrFixtureOptions {
  /** Absent: a Unix socket. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The module that a renderer runs, instead of one with the components. */
  readonly entry?: string;
}

export class SsrFixture {
  readonly folder: string;
  readonly #options: SsrFixtureOptions;
  #server: ChildProcess | null = null;

  static async create(options: SsrFixtureOptions = {}): Promise<SsrFixture> {
    const entry = options.entry ?? (await bundle);
    const fixture = new SsrFixture(await mkdtemp(join(tmpdir(), "mz-")), options);
    await writeFile(fixture.#entry, entry);
    return fixture;
  }

  private constructor(folder: string, options: SsrFixtureOptions) {
    this.folder = folder;
    this.#options = options;
  }

  get socketPath(): string {
    return join(this.folder, "ssr.sock");
  }

  get #entry(): string {
    return join(this.folder, "entry.mjs");
  }

  get server(): ChildProcess {
    if (this.#server === null) throw new Error("not started");
    return this.#server;
  }

  get #address(): RequestOptions {
    const { port } = this.#options;
    return port === undefined ? { socketPath: this.socketPath } : { host: "127.0.0.1", port };
  }

  /** Starts the server and waits until all of its renderers can be asked. */
  async start(): Promise<void> {
    await this.launch();
    await waitFor("a ready renderer", async () => (await this.get("/ready")).status === 200, {
      timeoutSeconds: 30,
    });
  }

  async launch(): Promise<void> {
    const { port, env } = this.#options;
    const log = await open(join(this.folder, "log"), "a");
    this.#server = spawn(
      join(root, "node_modules/bun/bin/bun.exe"),
      [join(root, "runtime/ssr/server.ts")],
      {
        cwd: this.folder,
        env: {
          [SSR_ENV.bind]: port === undefined ? `unix:${this.socketPath}` : `127.0.0.1:${port}`,
          [SSR_ENV.entry]: this.#entry,
          ...env,
        },
        stdio: ["ignore", log.fd, log.fd],
      },
    );
    await log.close();
  }

  get(path: string): Promise<Answer> {
    return readAnswer(this.open("GET", path), () => undefined).done;
  }

  render(component: string, props: object = {}): Promise<Answer> {
    return this.post("/render", JSON.stringify({ component, props }));
  }

  post(path: string, body: string): Promise<Answer> {
    const asked = this.open("POST", path, { "content-length": Buffer.byteLength(body) });
    const { done } = readAnswer(asked, () => undefined);
    asked.end(body);
    return done;
  }

  /** A page with one late context, whose body stays open: `asked` takes further lines. */
  page(component: string, onText: (text: string) => void = () => undefined) {
    const asked = this.open("POST", "/page");
    const { done } = readAnswer(asked, onText);
    const props = { path: "/", params: {}, language: null, contexts: {} };
    asked.write(`${JSON.stringify({ component, nonce: NONCE, props, late: ["news"] })}\n`);
    return { asked, done };
  }

  open(method: string, path: string, headers: Record<string, string | number> = {}): ClientRequest {
    const asked = request({ ...this.#address, method, path, headers, agent: false });
    if (method === "GET") asked.end();
    return asked;
  }

  log(): Promise<string> {
    return readFile(join(this.folder, "log"), "utf8");
  }

  /** Process ids of the renderers that run. */
  renderers(): number[] {
    return findProcessesOf(this.folder)
      .map(({ pid }) => pid)
      .filter((pid) => pid !== this.server.pid);
  }

  /** Waits until it has ended. @returns its exit code, or its signal */
  async ended(): Promise<number | string> {
    return waitFor("the server's end", () => this.server.exitCode ?? this.server.signalCode, {
      timeoutSeconds: 20,
    });
  }

  async remove(): Promise<void> {
    const renderers = this.#server === null ? [] : this.renderers();
    this.#server?.kill("SIGKILL");
    for (const pid of renderers) killIfAlive(pid);
    await rm(this.folder, { recursive: true, force: true });
  }
}

export const NONCE = "nonce-of-the-test-0123456789";

function readAnswer(asked: ClientRequest, onText: (text: string) => void) {
  const done = new Promise<Answer>((resolve, reject) => {
    asked.on("error", reject);
    asked.on("response", (response) => {
      let text = "";
      const finish = (isWhole: boolean) =>
        resolve({ status: response.statusCode ?? 0, text, isWhole });
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
        onText(text);
      });
      response.on("error", () => finish(false));
      response.on("end", () => finish(true));
    });
  });
  return { done };
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
