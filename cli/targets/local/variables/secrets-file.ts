/** The secrets that Mizan generates for an environment: made once, in a file with mode 0600 (D5, D9). */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { MizanError } from "../../../../infra/contract/errors.ts";
import { Secret } from "../../../output/secret.ts";
import { readIfThere } from "../../../state/durable-file.ts";
import {
  createKeyRing,
  type KeyRing,
  keyRingSchema,
  type RingName,
  revealKeyRing,
  toKeyRing,
} from "./key-ring.ts";
import { createPrivateFile, ensurePrivate } from "./private-file.ts";

const SECRETS_FORMAT_VERSION = 1;

/** 64 characters of A-Z a-z 0-9 - _; Django wants 50 (security.W009). */
const SECRET_KEY_BYTES = 48;
const FINGERPRINT_KEY_BYTES = 32;

const secretsFileSchema = z.object({
  version: z.literal(SECRETS_FORMAT_VERSION),
  secretKey: z.string().min(1),
  fingerprintKey: z.string().min(1),
  rings: z.object({
    mwt: keyRingSchema,
    jwt: keyRingSchema,
    cache: keyRingSchema,
    edge: keyRingSchema,
  }),
});
type SecretsFile = z.infer<typeof secretsFileSchema>;

export interface Secrets {
  /** Django's SECRET_KEY, for settings that have none of their own. */
  readonly secretKey: Secret;
  /** For `fingerprintVariables`. */
  readonly fingerprintKey: Secret;
  /** Each rotated without the others (D9). */
  readonly rings: Readonly<Record<RingName, KeyRing>>;
}

export interface EnsureSecretsOptions {
  /** Unix time in milliseconds. */
  readonly nowMs: number;
  /** Told when the file was open to others and has been closed. */
  readonly warn: (message: string) => void;
}

/**
 * Reads the secrets of an environment, making them at the first call. Two processes at once end
 * with the same ones; existing ones are never replaced.
 *
 * @param path `EnvironmentPaths.secrets`.
 * @throws {MizanError} CONFIG_INVALID when the file is damaged, STATE_NEWER, DISK_FULL, NOT_ALLOWED
 */
export async function ensureSecrets(path: string, options: EnsureSecretsOptions): Promise<Secrets> {
  const existing = await readSecrets(path, options.warn);
  if (existing !== null) return existing;
  await createPrivateFile(path, `${JSON.stringify(buildSecrets(options.nowMs), null, 2)}\n`);
  const created = await readSecrets(path, options.warn);
  if (created === null) throw new Error(`${path} was removed while it was made`);
  return created;
}

/** @returns null if there are none yet. */
export async function readSecrets(
  path: string,
  warn: (message: string) => void,
): Promise<Secrets | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  if (await ensurePrivate(path)) {
    warn(`${path} could be read by other users of this machine; it is closed now (mode 0600)`);
  }
  return toSecrets(parseSecretsFile(text, path));
}

function buildSecrets(nowMs: number): SecretsFile {
  const createRing = () => revealKeyRing(createKeyRing(nowMs));
  return {
    version: SECRETS_FORMAT_VERSION,
    secretKey: randomBytes(SECRET_KEY_BYTES).toString("base64url"),
    fingerprintKey: randomBytes(FINGERPRINT_KEY_BYTES).toString("base64url"),
    rings: { mwt: createRing(), jwt: createRing(), cache: createRing(), edge: createRing() },
  };
}

function toSecrets(file: SecretsFile): Secrets {
  const { mwt, jwt, cache, edge } = file.rings;
  return {
    secretKey: new Secret(file.secretKey),
    fingerprintKey: new Secret(file.fingerprintKey),
    rings: {
      mwt: toKeyRing(mwt),
      jwt: toKeyRing(jwt),
      cache: toKeyRing(cache),
      edge: toKeyRing(edge),
    },
  };
}

/** Errors carry no cause: what a parser says about the file may quote it. */
function parseSecretsFile(text: string, path: string): SecretsFile {
  const content = parseJson(text);
  const version = z.object({ version: z.int() }).safeParse(content).data?.version;
  if (version !== undefined && version > SECRETS_FORMAT_VERSION) {
    throw new MizanError(
      "STATE_NEWER",
      `${path} has format ${version}; this mizan knows format ${SECRETS_FORMAT_VERSION}`,
      { hint: "Use the newer mizan that wrote it; nothing was changed.", details: { version } },
    );
  }
  const result = secretsFileSchema.safeParse(content);
  if (result.success) return result.data;
  throw new MizanError(
    "CONFIG_INVALID",
    `${path} is damaged: it is not a file of generated secrets`,
    {
      hint: "Restore it from a backup; or delete it, which makes new secrets and ends all sessions of users.",
      details: { path },
    },
  );
}

/** undefined where the text is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // told by the schema, as "damaged"
  }
}
