/** Schema of `facts` in mizan.config: which facts may be set, and what each may be. */

import { z } from "zod";
import type { FactOverrides } from "../inspect/facts.ts";

/** Folder or file of the project: relative, POSIX, inside it. */
const path = z
  .string()
  .refine(
    (value) => !value.startsWith("/") && !value.includes("\\") && !value.split("/").includes(".."),
    { error: "must be a path inside the project, relative to its folder, with /" },
  );
const folder = path.transform((value) => value.replace(/^\.\/(?=.)/, "").replace(/(?<=.)\/$/, ""));
const module = z.string().regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, {
  error: 'must be a module such as "config.settings"',
});
const entryPoint = z.string().regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$/, {
  error: 'must be "package.module:attribute"',
});

const frontend = z.strictObject({
  root: folder.describe("Its folder, with package.json."),
  packageManager: z
    .enum(["npm", "pnpm", "yarn", "bun"])
    .default("npm")
    .describe("What installs its packages."),
  framework: z
    .enum(["react", "vue", "svelte"])
    .nullable()
    .default(null)
    .describe("What its pages are written with."),
  bundler: z.enum(["vite", "webpack"]).nullable().default(null).describe("What builds it."),
  build: z
    .string()
    .nullable()
    .default("build")
    .describe("Script of package.json that builds it; null: nothing to build."),
  output: folder.nullable().default(null).describe("Folder that its build writes."),
});

const mizan = z.strictObject({
  package: z.boolean().describe("Whether the Python package `mizan` is a dependency."),
  installedApp: z.boolean().describe("Whether `mizan` is in INSTALLED_APPS."),
  config: path.nullable().describe("Its mizan.toml."),
  npm: z.array(z.string()).describe("Its npm packages."),
});

const SHAPE = {
  "backend.root": folder.optional(),
  "backend.framework": z.literal("django").nullable().optional(),
  "backend.manage": path.optional(),
  "backend.settingsModule": module.optional(),
  "backend.importFolders": z.array(folder).optional(),
  "backend.wsgi": entryPoint.nullable().optional(),
  "backend.asgi": entryPoint.nullable().optional(),
  "backend.interface": z.enum(["wsgi", "asgi"]).optional(),
  "backend.packageManager": z
    .enum(["uv", "poetry", "pdm", "pipenv", "requirements", "pep621"])
    .optional(),
  "backend.dependencyFiles": z.array(path).min(1).optional(),
  "backend.python": z.string().min(1).nullable().optional(),
  "backend.database": z.enum(["sqlite", "postgresql", "mysql", "oracle"]).nullable().optional(),
  "backend.celery": z
    .strictObject({
      app: z.string().min(1).describe("What `celery -A` takes, such as `config.celery:app`."),
      beat: z.boolean().describe("Whether it has a schedule."),
    })
    .nullable()
    .optional(),
  "backend.channels": z.boolean().optional(),
  frontends: z.array(frontend).optional(),
  processes: z.record(z.string().regex(/^[A-Za-z0-9_-]+$/), z.string()).optional(),
  dockerfiles: z.array(path).optional(),
  compose: z.array(path).optional(),
  mizan: mizan.nullable().optional(),
} satisfies Record<keyof FactOverrides, z.ZodType>;

export const FACT_OVERRIDES = z.strictObject(SHAPE);
