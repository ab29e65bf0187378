/** The schema of mizan.config: what may be set, what it means, and what is refused. */

import { z } from "zod";
import type { OverlayRule } from "../../runtime/origin/contract.ts";
import { FACT_OVERRIDES } from "./fact-overrides-schema.ts";

/** Name of an environment: part of folder names and of cloud resources. */
const ENVIRONMENT_NAME = /^[a-z][a-z0-9-]{0,30}$/;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The names of the overlay's rules, for every schema that reads one. */
export const OVERLAY_RULES = [
  "debug",
  "hosts",
  "proxy",
  "csrf",
  "cookies",
  "secret-key",
  "mizan",
  "static",
  "data",
  "database",
  "redis",
  "channels",
  "sqlite",
  "logging",
] as const satisfies readonly OverlayRule[];

/** Names that Mizan sets itself, and what to use instead. */
const RESERVED_VARIABLES: Readonly<Record<string, string>> = {
  DJANGO_SETTINGS_MODULE: 'is set by Mizan: use facts: { "backend.settingsModule": "…" }',
};

const variableName = z
  .string()
  .regex(VARIABLE_NAME, { error: "is not a name of an environment variable" })
  .refine((name) => RESERVED_VARIABLES[name] === undefined && !name.startsWith("MIZAN_"), {
    error: ({ input }) =>
      RESERVED_VARIABLES[String(input)] ?? "is set by Mizan: names with MIZAN_ are its own",
  });

const service = z.enum(["auto", "own", "external"]);

/** Host name or address without scheme and port. */
const hostName = z.string().regex(/^[A-Za-z0-9.:*-]+$/, {
  error: "is not a host name: write it without scheme and port",
});

const environment = z.strictObject({
  target: z
    .enum(["local"], {
      error: ({ input }) =>
        input === "aws" || input === "azure"
          ? `"${input}" is not there yet: this version knows the target "local"`
          : 'must be "local"',
    })
    .default("local")
    .describe(
      "Where the environment lives. This version knows `local`: everything on this machine.",
    ),
  port: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe("Port of the Edge. Default: a free one, kept between deploys."),
  host: hostName.default("127.0.0.1").describe("Address that the Edge binds."),
  hosts: z
    .array(hostName)
    .default([])
    .describe("Further host names that users reach the environment by, without port."),
  env: z
    .record(variableName, z.string({ error: 'must be a string, e.g. "1"' }))
    .default({})
    .describe(
      "Environment variables that are no secrets. `.env` files are read before, the shell after.",
    ),
  passEnv: z
    .array(variableName)
    .default([])
    .describe("Variables to take from the shell though the settings do not ask for them."),
  overlay: z
    .boolean()
    .default(true)
    .describe("Fill settings that are missing or unsafe here (listed by `mizan inspect`)."),
  disabledOverlayRules: z
    .array(z.enum(OVERLAY_RULES))
    .default([])
    .describe("Single rules of the overlay that are switched off."),
  workers: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe("Worker processes of Django. Default: one a core and one more."),
  startTimeoutSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe(
      "How long the app may take to load, and to become ready. A release that takes longer is undone.",
    ),
  database: service
    .default("auto")
    .describe(
      "`own`: Mizan runs PostgreSQL; `external`: never; `auto`: if settings need it and no address is given.",
    ),
  redis: service.default("auto").describe("As `database`, for Redis."),
  keepReleases: z.int().min(2).max(100).default(5).describe("Releases kept for rollback."),
});

/** RFC 6265: a token. */
const cookieName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, {
  error: "is not a name of a cookie",
});
const tableName = z.string().regex(/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/, {
  error: "is not a name of a table",
});

const edge = z.strictObject({
  cache: z
    .boolean()
    .default(true)
    .describe("`false`: the Edge caches nothing, whatever the app's manifest says."),
  identityCookies: z
    .array(cookieName)
    .default([])
    .describe(
      "Cookies that views read, besides those of session, messages and JWT: requests with one of them are not cached.",
    ),
  ignoreTables: z
    .array(tableName)
    .default([])
    .describe("Tables whose writes change nothing that anybody reads, e.g. an access log."),
  requestLimitSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(60)
    .describe("How long a mutation of the manifest may take; it is refused past that."),
  originLagSeconds: z
    .number()
    .min(0)
    .max(60)
    .default(0)
    .describe("How far the database that views read may be behind the one that they write to."),
  onDeploy: z
    .enum(["changed", "flush"])
    .default("changed")
    .describe("What a deploy empties of the cache: the contexts that it changes, or everything."),
});

/** Path of a declared page. */
const PAGE_PATTERN =
  /^\/(?:(?::[a-z_][a-z0-9_]*|[A-Za-z0-9._~-]+)(?:\/(?::[a-z_][a-z0-9_]*|[A-Za-z0-9._~-]+))*\/?)?$/;

const pageContext = z.strictObject({
  params: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Its parameters: ":name" from the path, "?name" from the query, anything else as it is.',
    ),
  late: z
    .boolean()
    .default(false)
    .describe("Do not wait for it: the component suspends on it, and it streams in."),
});

const page = z.strictObject({
  component: z
    .string()
    .min(1)
    .describe("File whose default export renders the page, from the project's root."),
  contexts: z
    .record(z.string(), pageContext)
    .default({})
    .describe("Mizan contexts that the component is given, by name."),
  errorComponent: z
    .string()
    .min(1)
    .optional()
    .describe("File that renders the page when a context that it needs is not there."),
});

export const CONFIG_SCHEMA = z
  .strictObject({
    $schema: z
      .string()
      .optional()
      .describe("For editors: where the JSON schema of mizan.config.json lies. Changes nothing."),
    facts: FACT_OVERRIDES.default({}).describe(
      "Facts of `mizan inspect` that are to be otherwise, by their names.",
    ),
    environments: z
      .record(
        z.string().regex(ENVIRONMENT_NAME, {
          error:
            "a name has lower-case letters, digits and dashes, starts with a letter, at most 31",
        }),
        environment,
      )
      .default({})
      .describe("Environments by name. Without any there is `local`."),
    defaultEnvironment: z
      .string()
      .optional()
      .describe("The one that bare `mizan deploy` takes. Default: `local`."),
    edge: edge
      .prefault({})
      .describe("What the Edge cannot know of a Mizan app from its manifest and settings."),
    pages: z
      .record(
        z.string().regex(PAGE_PATTERN, {
          error: "is not a path like /products/:product_id",
        }),
        page,
      )
      .default({})
      .describe("Pages that are rendered at the Edge, by path. The first that fits answers."),
    probe: z
      .record(z.string(), z.record(z.string(), z.string()))
      .default({})
      .describe(
        'Parameters with which a release is tried before it goes live: { product: { product_id: "1" } }.',
      ),
    python: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Interpreter to make the virtual environment with: an absolute path, or a name on PATH.",
      ),
  })
  .superRefine((config, context) => {
    const { defaultEnvironment: name, environments } = config;
    if (name === undefined || name === DEFAULT_ENVIRONMENT || name in environments) return;
    context.addIssue({
      code: "custom",
      path: ["defaultEnvironment"],
      message: `"${name}" is not one of environments: ${Object.keys(environments).join(", ") || "there are none"}`,
    });
  });

/** The environment that exists without a config. */
export const DEFAULT_ENVIRONMENT = "local";

/** Defaults of an environment that the config does not name. */
export function buildDefaultEnvironment(): EnvironmentConfig {
  return environment.parse({});
}

/** The config as the program uses it: every default filled in. */
export type Config = z.output<typeof CONFIG_SCHEMA>;
/** The config as people write it. */
export type ConfigInput = z.input<typeof CONFIG_SCHEMA>;
export type EnvironmentConfig = z.output<typeof environment>;
export type PageConfig = z.output<typeof page>;
