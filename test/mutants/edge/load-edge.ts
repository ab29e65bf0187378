/** Loads the whole Edge worker, and what the agent and a deploy do around it, as they are or as a mutant. */

import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import { bundleSource, type Patch } from "../bundle-source.ts";
import { PLATFORM_NAMES, type Platform } from "./platform.ts";

/** As far as a process of it is used from outside. */
export interface EdgeMemory {
  load(env: object): Promise<unknown>;
  /** null: it was started without an incarnation. */
  readonly cache: { readonly entries: object } | null;
}

export interface EdgeArrival {
  readonly request: Request;
  readonly env: object;
  readonly memory: EdgeMemory;
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

export interface EdgeModules {
  readonly EdgeMemory: new () => EdgeMemory;
  answerRequest(arrival: EdgeArrival): Response | Promise<Response>;
  answerControl(request: Request, env: object, memory: EdgeMemory): Promise<Response>;
}

/** Code of the machine that the Edge runs on. */
export type MachineModules = typeof import("../../../cli/targets/local/agent/edge-life.ts") &
  Pick<typeof import("../../../edge/index.ts"), "compareManifests" | "parseManifest">;

/** What a deploy does to the Edge while two releases answer. */
export type DeployModules = Pick<
  typeof import("../../../cli/targets/local/mizan/context-hold.ts"),
  "endHold" | "holdContexts"
>;

/** Modules of Node that a process finds instead of the real ones. */
export type NodeModules = Readonly<Record<`node:${string}`, unknown>>;

/** Gives each process its own instance of the code. */
export interface EdgeProgram {
  startEdge(platform: Platform): EdgeModules;
  startMachine(platform: Platform, modules: NodeModules): MachineModules;
  startDeploy(platform: Platform, modules: NodeModules): DeployModules;
}

const AGENT = "cli/targets/local/agent";
const LOCAL_MIZAN = "cli/targets/local/mizan";

const EDGE = `
  export { answerRequest } from "./answer-request.ts";
  export { answerControl } from "./control/control.ts";
  export { EdgeMemory } from "./memory/edge-memory.ts";`;

const MACHINE = `
  export { EdgeLifeFile } from "./edge-life.ts";
  export { compareManifests, parseManifest } from "../../../../edge/index.ts";`;

const DEPLOY = `export { endHold, holdContexts } from "./context-hold.ts";`;

/** Bounds that a short history could not reach. */
const LOWERED: readonly Patch[] = [
  {
    file: "edge/authority/authority.ts",
    find: "maxRows: options.maxRows ?? 10_000",
    replace: "maxRows: options.maxRows ?? 1",
  },
];

/** @throws Error where a patch fits nowhere, or in several places */
export async function loadEdge(patches: readonly Patch[] = []): Promise<EdgeProgram> {
  const patchesOf = (folder: string) => patches.filter(({ file }) => file.startsWith(folder));
  const [edge, machine, deploy] = await Promise.all([
    compile({
      contents: EDGE,
      folder: "edge/cache",
      patches: [...LOWERED, ...patchesOf("edge/")],
    }),
    compile({ contents: MACHINE, folder: AGENT, patches: patchesOf(AGENT) }),
    compile({ contents: DEPLOY, folder: LOCAL_MIZAN, patches: patchesOf(LOCAL_MIZAN) }),
  ]);
  return {
    startEdge: (platform) => edge(platform, {}) as unknown as EdgeModules,
    startMachine: (platform, modules) => machine(platform, modules) as unknown as MachineModules,
    startDeploy: (platform, modules) => deploy(platform, modules) as unknown as DeployModules,
  };
}

type Instantiate = (platform: Platform, modules: NodeModules) => Readonly<Record<string, unknown>>;

const requireFromHere = createRequire(import.meta.url);

async function compile(
  options: Pick<Parameters<typeof bundleSource>[0], "contents" | "folder" | "patches">,
): Promise<Instantiate> {
  const text = await bundleSource({ ...options, format: "cjs", external: ["node:*", "zod"] });
  const run = compileFunction(text, ["module", "require", ...PLATFORM_NAMES]);
  return (platform, modules) => {
    const module = { exports: {} };
    const require = (name: keyof NodeModules) => modules[name] ?? requireFromHere(name);
    run(module, require, ...PLATFORM_NAMES.map((name) => platform[name]));
    return module.exports;
  };
}
