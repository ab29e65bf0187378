/** What is needed to start a release again later: a file beside the release's artefacts. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { MizanError } from "../../../infra/contract/errors.ts";

const launchPlanSchema = z.strictObject({
  version: z.literal(1),
  release: z.string(),
  /** Absolute folder of the release's copy of the project. */
  appFolder: z.string(),
  /** Absolute folder with manage.py. */
  backendFolder: z.string(),
  /** Absolute folders that the app imports from besides, e.g. `src`. */
  importFolders: z.array(z.string()),
  /** Absolute folder that holds the `mizan_runtime` package of this release. */
  runtimeFolder: z.string(),
  /** Absolute interpreter of the release's virtual environment. */
  pythonPath: z.string(),
  settingsModule: z.string(),
  interface: z.enum(["wsgi", "asgi"]),
  /** `package.module:attribute`. */
  application: z.string(),
  /** Worker processes of the origin; null: from CPU and memory. */
  workers: z.number().int().positive().nullable(),
  /**
   * PATH, HOME and the like of the shell that deployed. Every later command starts the release with
   * them, whatever its own shell: it would take the running processes for other ones, and restart them.
   */
  baseEnv: z.record(z.string(), z.string()),
  /** How long the app may take to load, and a process to become ready. */
  startTimeoutSeconds: z.number().int().positive(),
  celery: z.strictObject({ app: z.string(), beat: z.boolean() }).nullable(),
  /** Servers of the environment's own that must run before it. */
  services: z.array(z.enum(["postgres", "redis"])),
  /** STATIC_ROOT: the release's own folder, or one that releases with the same static files share. */
  staticFolder: z.string(),
  /** JSON file with the Edge ring; null: its requests are served without the Edge's wire. */
  edgeKeysFile: z.string().nullable().default(null),
  /** Tables whose writes change nothing that anybody reads. */
  edgeIgnoreTables: z.array(z.string()).default([]),
  /** What renders the app's components; null: it has none. */
  render: z
    .strictObject({
      /** Absolute. */
      bunPath: z.string(),
      /** Absolute. */
      workerdPath: z.string(),
      /** The release's bundles: `server.mjs` and `bun/` for the SSR server, `edge/` for Render. */
      folder: z.string(),
      /** Files below `edge/`, the entry first; empty: every component needs Node APIs. */
      edgeModules: z.array(z.string()),
      /** The worker that Django's template backend starts, as the settings write it; null: none. */
      worker: z.string().nullable(),
    })
    .nullable()
    .default(null),
  overlayFile: z.string(),
  /** JSON file (mode 0600) with the release's environment variables. */
  variablesFile: z.string(),
});

export type LaunchPlan = z.infer<typeof launchPlanSchema>;

/** Files of one release, by their place in its folder. */
export function releaseFiles(releaseFolder: string) {
  return {
    app: join(releaseFolder, "app"),
    static: join(releaseFolder, "static"),
    launchPlan: join(releaseFolder, "launch.json"),
    overlay: join(releaseFolder, "overlay.json"),
    variables: join(releaseFolder, "variables.json"),
    edge: join(releaseFolder, "edge.json"),
    mizan: join(releaseFolder, "mizan.json"),
    /** Bundles of the components, and the configuration of Render. */
    render: join(releaseFolder, "render"),
    /** Programs that the origin finds before all others. */
    bin: join(releaseFolder, "bin"),
    ready: (process: string) => join(releaseFolder, `${process}.ready`),
    /** Once it exists, the Celery worker takes tasks. */
    workerStart: join(releaseFolder, "worker.start"),
  } as const;
}

export async function writeLaunchPlan(releaseFolder: string, plan: LaunchPlan): Promise<void> {
  await writeFile(releaseFiles(releaseFolder).launchPlan, JSON.stringify(plan, null, 2));
}

/** @throws {MizanError} RELEASE_UNKNOWN if the release's files are gone or cannot be read. */
export async function readLaunchPlan(releaseFolder: string): Promise<LaunchPlan> {
  const file = releaseFiles(releaseFolder).launchPlan;
  try {
    return launchPlanSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw new MizanError("RELEASE_UNKNOWN", `The files of a release are gone or damaged: ${file}`, {
      hint: "Make a new release: mizan deploy --force",
      cause,
    });
  }
}
