/** The one error class of Mizan Deploy, its closed set of codes, and the exit status of each. */

/** Exit status per code (house style B3). The compiler refuses a code without a status. */
export const EXIT_CODE = {
  USAGE: 2,
  CONFIG_INVALID: 3,
  ENVIRONMENT_UNKNOWN: 3,
  APP_NOT_FOUND: 3,
  APP_AMBIGUOUS: 3,
  APP_INVALID: 3,
  LOCK_FILES_DISAGREE: 3,
  VARIABLES_MISSING: 3,
  NOTHING_LIVE: 3,
  RELEASE_UNKNOWN: 3,
  NOT_ALLOWED: 4,
  PYTHON_MISSING: 5,
  TOOL_MISSING: 5,
  PORT_TAKEN: 5,
  DISK_FULL: 5,
  STATE_NEWER: 5,
  PLATFORM_UNSUPPORTED: 5,
  BUILD_FAILED: 7,
  SETTINGS_FAILED: 7,
  MIGRATION_FAILED: 7,
  RELEASE_UNHEALTHY: 7,
  SERVICE_FAILED: 7,
  ENVIRONMENT_LOCKED: 8,
  STATE_CONFLICT: 8,
  CONFIRMATION_NEEDED: 9,
  GUARD_REFUSED: 9,
  INTERRUPTED: 130,
} as const;

/** Closed set of failure codes: subject, then what is wrong with it. */
export type ErrorCode = keyof typeof EXIT_CODE;

export interface MizanErrorOptions {
  /** One thing to do next, a command if possible. */
  readonly hint?: string | undefined;
  /** One URL or README anchor. */
  readonly docs?: string | undefined;
  /** Flat JSON without secrets: what a script needs to react. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** An expected failure: something the user, their machine, cloud account or app must change. */
export class MizanError extends Error {
  override readonly name = "MizanError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly docs: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: MizanErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.docs = options.docs;
    this.details = options.details;
  }

  get exitCode(): number {
    return EXIT_CODE[this.code];
  }
}
