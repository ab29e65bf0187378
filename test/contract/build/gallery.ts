/** A project with components of React, Vue and Svelte, built as a deploy builds it and run by workerd and Bun. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import {
  type BuildComponentsOptions,
  type BuiltComponents,
  buildComponents,
} from "../../../cli/build/components/build-components.ts";
import { copySourceTree } from "../../../cli/build/copy-source-tree.ts";
import { readSourceTree, type SourceTree } from "../../../cli/build/source-tree.ts";
import type { Frontend } from "../../../cli/inspect/facts.ts";
import { findWorkerd } from "../../../cli/targets/local/agent/workerd-path.ts";
import { buildRenderConfig } from "../../../cli/targets/local/render/render-config.ts";
import { SSR_ENV } from "../../../runtime/ssr/contract.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const root = join(import.meta.dirname, "../../..");
const { CI: _ofTheMachine, ...environment } = process.env; // builds behave otherwise in CI

export interface RenderAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks one of the two; the body is `FragmentRequest`, null: GET. */
export type Ask = (path: string, body: unknown) => Promise<RenderAnswer>;

/** Packages are installed once, in one workspace: the tests change sources alone. */
export class Gallery {
  readonly folder = mkdtempSync(join(tmpdir(), "mz-comp-"));
  readonly #fixture: string;
  readonly #children: ChildProcess[] = [];
  #copies = 0;
  #sockets = 0;

  /** @param fixture folder of `test/fixtures/components`. */
  constructor(fixture = "gallery") {
    this.#fixture = fixture;
  }

  get project(): string {
    return join(this.folder, "app");
  }

  /** Our rendering modules, as `npm run build` makes them. */
  async start(): Promise<void> {
    const options: BuildOptions = {
      bundle: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      absWorkingDir: root,
      external: ["node:*", "bun"],
    };
    const files = this.#runtimeFiles;
    await build({ ...options, entryPoints: ["edge/render/index.ts"], outfile: files.edge });
    await build({ ...options, entryPoints: ["runtime/ssr/child.ts"], outfile: files.bun });
  }

  /** The project as it was at first. */
  reset(): void {
    rmSync(this.project, { recursive: true, force: true });
    cpSync(join(root, "test/fixtures/components", this.#fixture), this.project, {
      recursive: true,
    });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.project, path)), { recursive: true });
    writeFileSync(join(this.project, path), text);
  }

  /** The release's copy of the project. */
  async copy(): Promise<SourceTree> {
    this.#copies += 1;
    const tree = await readSourceTree(this.project, { environment });
    return copySourceTree(tree, join(this.folder, `copy-${this.#copies}`));
  }

  async build(more: Partial<BuildComponentsOptions> = {}): Promise<BuiltComponents | null> {
    return buildComponents({
      ...this.options(),
      tree: more.tree ?? (await this.copy()),
      cacheFolder: join(this.folder, "cache"),
      templateFolders: ["frontend/components"],
      pageComponents: [],
      documentFolder: null,
      runtimeFiles: this.#runtimeFiles,
      ...more,
    });
  }

  /** What the builds of frontends and of components have in common. */
  options() {
    return {
      projectRoot: this.project,
      frontends: [] as readonly Frontend[],
      workspaceFolder: join(this.folder, "workspace"),
      variables: {},
      environment,
      logFile: join(this.folder, "build.log"),
    };
  }

  /** As the agent runs Render. */
  async runEdge({ folder, edgeModules }: BuiltComponents): Promise<Ask> {
    const config = join(folder, "render.capnp");
    writeFileSync(config, buildRenderConfig(edgeModules));
    const socket = this.#nextSocket();
    const address = `http=unix:${socket}`;
    return this.#run([findWorkerd(), "serve", config, "--socket-addr", address], {}, socket);
  }

  /** As the SSR server runs one of its renderers. */
  async runBun({ folder }: BuiltComponents): Promise<Ask> {
    const socket = this.#nextSocket();
    const command = [join(root, "node_modules/.bin/bun"), join(folder, "bun/entry.mjs")];
    return this.#run(command, { [SSR_ENV.rendererSocket]: socket }, socket);
  }

  async end(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #runtimeFiles() {
    return { edge: join(this.folder, "render.mjs"), bun: join(this.folder, "child.mjs") };
  }

  #nextSocket(): string {
    this.#sockets += 1;
    return join(this.folder, `${this.#sockets}.sock`);
  }

  async #run(
    [program = "", ...args]: readonly string[],
    variables: Readonly<Record<string, string>>,
    socket: string,
  ): Promise<Ask> {
    // A renderer ends when its stdin does.
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: environment["PATH"], ...variables },
    });
    this.#children.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += String(chunk);
      });
    }
    const ask: Ask = (path, body) => askSocket(socket, path, body);
    await waitFor(`${program} to be ready`, () => ask("/ready", null), {
      timeoutSeconds: 30,
    }).catch((error: unknown) => {
      throw new Error(`${program} did not start: ${output}`, { cause: error });
    });
    return ask;
  }
}

async function askSocket(socketPath: string, path: string, body: unknown): Promise<RenderAnswer> {
  const sent = request({ socketPath, path, method: body === null ? "GET" : "POST" });
  sent.setHeader("content-type", "application/json");
  sent.setTimeout(20_000, () => sent.destroy(new Error("no answer within 20 s")));
  sent.end(body === null ? undefined : JSON.stringify(body));
  const [response] = await once(sent, "response");
  const chunks: Buffer[] = await response.toArray();
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
}
