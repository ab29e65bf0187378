/** Generates the frontend's clients of the backend, where the project has a `mizan.toml` (reference/protocol.md 7.4). */

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { MizanError } from "../../../infra/contract/errors.ts";
import { runTool } from "../../tools/run-tool.ts";
import { buildToolEnvironment } from "../../tools/tool-environment.ts";
import type { FrontendRun } from "./frontend-tools.ts";

export interface ClientGeneration {
  /** `mizan.toml`, relative to the project. */
  readonly config: string;
  /** What the generator runs the backend with. Secrets among it: for its environment alone. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the backend: another one, and a kept output is not taken. */
  readonly key: string;
}

/** The generator's launcher on npm. */
const GENERATOR = "mizan-generate";
const LAST_LINES = 20;

/**
 * Runs the project's own generator beside its `mizan.toml`, in the workspace: what it writes is
 * part of this build, the release's copy of the sources stays as it is.
 * @throws {MizanError} TOOL_MISSING when the frontend does not have it, BUILD_FAILED
 */
export async function generateClients(run: FrontendRun, clients: ClientGeneration): Promise<void> {
  const program = findGenerator(run, clients);
  run.onProgress?.("generating clients of the backend");
  const environment = buildToolEnvironment(run.environment, { NO_COLOR: "1" });
  await runTool({
    command: [program, "--config", basename(clients.config)],
    cwd: join(run.workspaceFolder, dirname(clients.config)),
    environment: { ...environment, ...clients.environment },
    logFile: run.logFile,
    onLine: run.onProgress,
    signal: run.signal,
    lowPriority: true,
    failure: {
      code: "BUILD_FAILED",
      message: `${GENERATOR} could not generate the clients that ${clients.config} asks for`,
      hint: () => `Try it yourself: npx ${GENERATOR} --config ${basename(clients.config)}`,
      shorten: (output) => output.split("\n").slice(-LAST_LINES).join("\n"),
    },
    missingHint: `Install ${GENERATOR}`,
  });
}

function findGenerator(run: FrontendRun, { config }: ClientGeneration): string {
  const folders = [run.project.frontend.root, run.project.installRoot, dirname(config), "."];
  const paths = folders.map((folder) =>
    join(run.workspaceFolder, folder, "node_modules", ".bin", GENERATOR),
  );
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new MizanError(
    "TOOL_MISSING",
    `${config} asks for generated clients, but the frontend has no ${GENERATOR}.`,
    { hint: `npm install --save-dev ${GENERATOR}`, details: { config } },
  );
}
