/** What the machine remembers around the Edge: the agent's file about its life, on a disk in memory. */

import type { EdgeLifeFile } from "../../../cli/targets/local/agent/edge-life.ts";
import type { EdgeState } from "../../../edge/cache/contract.ts";
import type { EdgeProgram, MachineModules } from "./load-edge.ts";
import type { Platform } from "./platform.ts";
import { buildManifest, DECLARED_PAGES, HOSTS, SECRETS, TIMES } from "./shop.ts";

export class Machine {
  readonly life: EdgeLifeFile;
  readonly #modules: MachineModules;
  #release = 1;

  constructor(program: EdgeProgram, platform: Platform, createId: () => string) {
    this.#modules = program.startMachine(platform, {
      "node:fs": createDisk(),
      "node:crypto": { randomUUID: createId },
    });
    this.life = new this.#modules.EdgeLifeFile("/edge-life.json");
    this.life.noteLimit(TIMES.requestLimitMs / 1000);
  }

  /** What the Edge was last told, or will be when it starts. */
  get state(): EdgeState {
    return buildState(this.#release);
  }

  get release(): number {
    return this.#release;
  }

  /** @returns what the Edge is to be told */
  switchRelease(): EdgeState {
    this.#release += 1;
    return this.state;
  }

  /** Contexts that the next release describes otherwise. */
  findChanged(): readonly string[] {
    const [before, after] = [this.#release, this.#release + 1].map((release) => {
      return this.#modules.parseManifest(buildManifest(release)).manifest;
    });
    if (!before || !after) throw new Error("a manifest of the shop has errors");
    return this.#modules.compareManifests(before, after).changed;
  }
}

function buildState(release: number): EdgeState {
  const ring = (secret: string) => [{ kid: "1", state: "sign", secret }] as const;
  return {
    version: 1,
    live: {
      release: `r${release}`,
      slot: release % 2,
      assets: {},
      fallback: null,
      djangoServesRoot: true,
      mediaPrefix: null,
      mizan: {
        manifest: buildManifest(release),
        buildId: `build-${release}`,
        isCacheOff: false,
        hosts: HOSTS,
        sessionCookie: "sessionid",
        identityCookies: [],
        locale: null,
        audience: null,
        requestLimitSeconds: TIMES.requestLimitMs / 1000,
        originLagMs: 0,
        ttlCapSeconds: TIMES.ttlMs / 1000,
      },
      pages: DECLARED_PAGES,
    },
    kept: [],
    secrets: { edge: ring(SECRETS.edge), cache: ring(SECRETS.cache), mwt: ring(SECRETS.mwt) },
  };
}

/** The part of `node:fs` that the agent's file is written with. */
function createDisk() {
  const files = new Map<string, string>();
  return {
    existsSync: (path: string) => files.has(path),
    readFileSync: (path: string) => files.get(path),
    writeFileSync: (path: string, text: string) => void files.set(path, text),
    renameSync: (from: string, to: string) => {
      files.set(to, files.get(from) ?? "");
      files.delete(from);
    },
    rmSync: (path: string) => void files.delete(path),
  };
}
