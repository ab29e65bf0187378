/** What the runtime's verbs answer, parsed at the boundary. The types are those of the contract. */

import { z } from "zod";
import type {
  CollectResult,
  ManifestResult,
  MigrateResult,
  ProbeResult,
  SettingsFacts,
} from "../../../runtime/origin/contract.ts";
import type { DoctorMeasured, DoctorMeasures } from "../../../runtime/origin/doctor/contract.ts";
import { OVERLAY_RULES } from "../../config/schema.ts";

const names = z.array(z.string());
const nullableText = z.string().nullable();
const serviceKind = z.enum(["redis", "memory", "database", "file", "amqp", "other", "none"]);
const migrationClass = z.enum(["expand", "blocks-old-writes", "contract", "review", "opaque"]);
const overlayRule = z.enum(OVERLAY_RULES);

const appErrorSchema = z.object({
  type: z.string(),
  message: z.string(),
  location: nullableText,
  traceback: z.string(),
});

const pendingMigrationSchema = z.object({
  app: z.string(),
  name: z.string(),
  class: migrationClass,
  operations: z.array(z.object({ summary: z.string(), class: migrationClass })),
});

const databaseSchema = z.object({
  engine: z.string(),
  vendor: z.enum(["sqlite", "postgresql", "mysql", "oracle", "other"]),
  host: z.enum(["none", "loopback", "socket", "remote", "file"]),
  connMaxAge: z.number().nullable(),
});

const mizanSchema = z.object({
  version: nullableText,
  hasManifestCommand: z.boolean(),
  baseUrls: names,
  secrets: z.array(
    z.object({
      ring: z.enum(["mwt", "jwt", "cache"]),
      setting: z.string(),
      state: z.enum(["present", "absent", "placeholder"]),
      isSecretKey: z.boolean(),
      variable: nullableText,
    }),
  ),
  hasOriginCache: z.boolean(),
  mwtTtlSeconds: z.number(),
  mwtAudience: nullableText,
  sessionCookie: z.string(),
  identityCookies: names,
  language: z
    .object({
      languages: z.array(z.object({ code: z.string(), hasCatalogue: z.boolean() })),
      fallback: z.string(),
      cookieName: z.string(),
    })
    .nullable(),
});

const ssrSchema = z.object({
  folders: names,
  worker: nullableText,
  timeoutSeconds: z.number().positive(),
});

const settingsFactsSchema: z.ZodType<SettingsFacts> = z.object({
  python: z.string(),
  django: z.string(),
  settingsModule: z.string(),
  debug: z.boolean(),
  allowedHosts: names,
  secretKey: z.enum(["present", "absent", "placeholder"]),
  wsgi: nullableText,
  asgi: nullableText,
  installedApps: names,
  middleware: names,
  databases: z.record(z.string(), databaseSchema),
  caches: z.record(z.string(), z.object({ backend: z.string(), kind: serviceKind })),
  storages: z.record(z.string(), z.object({ backend: z.string(), local: z.boolean() })),
  static: z.object({
    url: nullableText,
    root: nullableText,
    installed: z.boolean(),
    hashed: z.boolean(),
    fingerprint: nullableText,
  }),
  media: z.object({
    url: nullableText,
    root: nullableText,
    local: z.boolean(),
    routed: z.boolean(),
    hasFileFields: z.boolean(),
  }),
  templates: names,
  urlconf: z.object({ module: z.string(), resolvesRoot: z.boolean() }),
  migrations: z.object({
    heads: z.record(z.string(), z.string()),
    pending: z.array(pendingMigrationSchema).nullable(),
    databaseError: nullableText,
  }),
  celery: z.object({ app: z.string(), beat: z.boolean(), broker: serviceKind }).nullable(),
  channels: z.object({ layer: serviceKind.nullable() }).nullable(),
  redisHost: z.enum(["none", "loopback", "socket", "remote"]).nullable(),
  mizan: mizanSchema.nullable(),
  ssr: ssrSchema.nullable(),
  overlay: z.array(
    z.object({
      rule: overlayRule,
      setting: z.string(),
      action: z.enum(["filled", "replaced"]),
      reason: z.string(),
    }),
  ),
  locations: z.record(z.string(), z.string()),
});

export const probeResultSchema: z.ZodType<ProbeResult> = z.object({
  version: z.literal(1),
  variables: z.array(
    z.object({
      name: z.string(),
      required: z.boolean(),
      present: z.boolean(),
      file: nullableText,
      line: z.number().nullable(),
    }),
  ),
  facts: settingsFactsSchema.nullable(),
  error: appErrorSchema.nullable(),
});

const brokenImports = z
  .array(z.object({ name: z.string(), type: z.string(), message: z.string() }))
  .nullable();

const doctorMeasuresSchema: z.ZodType<DoctorMeasures> = z.object({
  brokenApps: brokenImports,
  brokenLibraries: brokenImports,
  databaseDriver: z.object({ name: z.string(), version: z.string(), build: z.string() }).nullable(),
  server: z.object({ gunicorn: nullableText, uvicornWorker: nullableText }).nullable(),
  databases: z
    .record(
      z.string(),
      z.object({
        isPooled: z.boolean(),
        hasServerSideCursors: z.boolean(),
        hasOwnPool: z.boolean(),
      }),
    )
    .nullable(),
  databaseVariables: names,
  sizing: z
    .object({ cpus: z.number(), memoryBytes: z.number(), memoryPerWorkerBytes: z.number() })
    .nullable(),
  securityChecks: names.nullable(),
  csrf: z.object({ refusedOrigins: names, originsWithoutScheme: z.number() }).nullable(),
  isSecure: z.object({ https: z.boolean(), http: z.boolean() }).nullable(),
  staticFiles: z
    .object({
      isCollected: z.boolean(),
      hasManifest: z.boolean().nullable(),
      missing: z.array(z.object({ template: z.string(), file: z.string() })).nullable(),
    })
    .nullable(),
  longestTaskSeconds: z.number().nullable(),
  health: z.object({ live: z.number(), ready: z.number() }).nullable(),
});

/** Result of the verb `doctor`. */
export interface DoctorResult extends DoctorMeasured {
  readonly version: 1;
  readonly probe: ProbeResult;
}

export const doctorResultSchema: z.ZodType<DoctorResult> = z.object({
  version: z.literal(1),
  probe: probeResultSchema,
  measures: doctorMeasuresSchema.nullable(),
  failures: z.array(z.object({ measure: z.string(), type: z.string(), message: z.string() })),
});

export const migrateResultSchema: z.ZodType<MigrateResult> = z.object({
  version: z.literal(1),
  applied: names,
  heads: z.record(z.string(), z.string()),
  backup: nullableText,
  error: appErrorSchema.nullable(),
});

export const collectResultSchema: z.ZodType<CollectResult> = z.object({
  version: z.literal(1),
  files: z.number(),
  error: appErrorSchema.nullable(),
});

export const manifestResultSchema: z.ZodType<ManifestResult> = z.object({
  version: z.literal(1),
  manifest: z.unknown(),
  guarded: names.nullable(),
  disagreements: names,
  error: appErrorSchema.nullable(),
});
