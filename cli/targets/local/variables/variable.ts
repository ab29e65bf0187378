/** An environment variable of the app: a secret value, and where it came from. */
import type { Secret } from "../../../output/secret.ts";

export interface Variable {
  readonly value: Secret;
  /** `.env`, `backend/.env.production`, `mizan.config` or `shell`. */
  readonly source: string;
}

/** By name, sorted. */
export type Variables = ReadonlyMap<string, Variable>;
