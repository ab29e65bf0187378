/** A real renderer, workerd or Bun, with the fixture's components, on a Unix socket, for one test file. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { findWorkerd } from "../../../cli/targets/local/agent/workerd-path.ts";
import { COMPATIBILITY_DATE, quote } from "../../../cli/targets/local/edge/capnp-text.ts";
import type { RenderLimits } from "../../../edge/render/component-render.ts";
import {
  type DocumentShell,
  type LateContext,
  type PageHead,
  RENDER_PATH,
} from "../../../edge/render/contract.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { bundleFixture } from "./bundle-fixture.ts";

export interface RenderAnswer {
  readonly status: number;
  readonly body: string;
  readonly bytes: Buffer;
}

export interface StartOptions {
  readonly limits?: Partial<RenderLimits>;
  readonly document?: DocumentShell | null;
}

export class RunningRenderer {
  readonly folder: string;
  readonly socketPath: string;
  readonly #child: ChildProcess;
  #output = "";

  constructor(folder: string, socketPath: string, child: ChildProcess) {
    this.folder = folder;
    this.socketPath = socketPath;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        this.#output += String(chunk);
      });
  }

  /** What it wrote so far. */
  get output(): string {
    return this.#output;
  }

  /** The log's lines of one kind. */
  logged(event: string): Record<string, unknown>[] {
    const lines = this.#output.split("\n").filter((line) => line.startsWith(`{"event":"${event}"`));
    return lines.map((line) => JSON.parse(line));
  }

  async get(path: string): Promise<RenderAnswer> {
    const asked = request({ socketPath: this.socketPath, path, agent: false });
    asked.end();
    return readAnswer(asked);
  }

  /** @param body text, or what is turned into JSON */
  async post(path: string, body: unknown): Promise<RenderAnswer> {
    const asked = this.open(path);
    asked.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    return readAnswer(asked);
  }

  /** A page whose late contexts are still to be written. */
  openPage(head: PageHead): OpenPage {
    const asked = this.open(RENDER_PATH.page);
    asked.write(`${JSON.stringify(head)}\n`);
    return new OpenPage(asked);
  }

  /** The caller writes the body, and reads the answer. */
  open(path: string): ReturnType<typeof request> {
    return request({ socketPath: this.socketPath, path, method: "POST", agent: false });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGKILL");
      await once(this.#child, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One page while it is under way. */
export class OpenPage {
  readonly #asked: ReturnType<typeof request>;
  readonly response: Promise<IncomingMessage>;
  /** What came so far. */
  text = "";
  /** How it ended: `whole` says only that the connection did not break. */
  ended: "whole" | "broken" | null = null;

  constructor(asked: ReturnType<typeof request>) {
    this.#asked = asked;
    this.response = once(asked, "response").then(([response]: IncomingMessage[]) => {
      if (response === undefined) throw new Error("no response");
      return response;
    });
    void this.#read();
  }

  /** One more line of the request. */
  send(late: LateContext): void {
    this.#asked.write(`${JSON.stringify(late)}\n`);
  }

  /** Nothing more comes. */
  finish(): void {
    this.#asked.end();
  }

  /** As a browser that is closed. */
  abandon(): void {
    this.#asked.destroy();
  }

  async until(part: string): Promise<void> {
    await waitFor(`${part} in the page`, () => this.text.includes(part), { intervalMs: 5 });
  }

  async untilEnd(): Promise<"whole" | "broken"> {
    return waitFor("the page's end", () => this.ended, { timeoutSeconds: 30, intervalMs: 5 });
  }

  async #read(): Promise<void> {
    try {
      const response = await this.response;
      response.setEncoding("utf8");
      for await (const chunk of response) this.text += String(chunk);
      this.ended = "whole";
    } catch {
      this.ended = "broken"; // by us or by the renderer; the test asks which
    }
  }
}

export type StartRenderer = (options?: StartOptions) => Promise<RunningRenderer>;

export const startWorkerd: StartRenderer = (options) => start("workerd", options);

export const startBun: StartRenderer = (options) => start("bun", options);

async function start(
  runtime: "workerd" | "bun",
  options: StartOptions = {},
): Promise<RunningRenderer> {
  const folder = mkdtempSync(join(tmpdir(), "mz-render-"));
  const socketPath = join(folder, "r.sock");
  const entry = await bundleFixture({ runtime, folder, ...options });
  const [program, ...words] =
    runtime === "bun"
      ? [findBun(), entry, socketPath]
      : [findWorkerd(), ...serve(folder, socketPath)];
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
  const renderer = new RunningRenderer(folder, socketPath, child);
  try {
    await waitFor("the renderer to answer", async () => {
      if (child.exitCode !== null) throw new Error(renderer.output);
      return (await renderer.get(RENDER_PATH.live)).status === 200;
    });
  } catch (cause) {
    await renderer.end();
    throw new Error(`${runtime} did not start: ${renderer.output}`, { cause });
  }
  return renderer;
}

/** Words for a workerd that serves the bundle. */
function serve(folder: string, socketPath: string): string[] {
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "render", worker = .render)],
  sockets = [(name = "http", address = ${quote(`unix:${socketPath}`)}, http = (), service = "render")],
);
const render :Workerd.Worker = (
  modules = [
    (name = "entry.mjs", esModule = embed "entry.mjs"),
    (name = "maps.mjs", esModule = embed "maps.mjs"),
  ],
  compatibilityDate = ${quote(COMPATIBILITY_DATE)},
);
`;
  const file = join(folder, "render.capnp");
  writeFileSync(file, config);
  return ["serve", file];
}

/** The pinned Bun's own program: its launcher in node_modules/.bin is a process more to end. */
function findBun(): string {
  const manifest = createRequire(import.meta.url).resolve("bun/package.json");
  return join(dirname(manifest), "bin", "bun.exe");
}

async function readAnswer(asked: ReturnType<typeof request>): Promise<RenderAnswer> {
  const [response]: IncomingMessage[] = await once(asked, "response");
  if (response === undefined) throw new Error("no response");
  const bytes = await buffer(response);
  return { status: response.statusCode ?? 0, body: bytes.toString(), bytes };
}
