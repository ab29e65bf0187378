/** Which ring's key the app gets under which environment variable, and whose key the Edge verifies with. Pure. */

import type { MizanFacts, MizanSecret } from "../../../../runtime/origin/contract.ts";

/** The rings whose keys an app uses itself. */
export type AppRing = MizanSecret["ring"];

/** Where the app's MWT secret comes from, as far as the Edge needs to know. */
export type MwtSource =
  /** This environment's ring, by a variable or by the overlay. */
  | { readonly kind: "ring" }
  /** A variable of the user's. */
  | { readonly kind: "variable"; readonly name: string }
  /** The app's own affair: the Edge verifies no token, so signed-in requests pass. */
  | { readonly kind: "unknown" };

export interface AssignedRings {
  /** Variable → ring: the app gets the ring's signing key. */
  readonly variables: Readonly<Record<string, AppRing>>;
  readonly mwt: MwtSource;
}

export interface AssignOptions {
  /** null: the app is not written with the framework. */
  readonly mizan: MizanFacts | null;
  /** Names that the user has given a value. */
  readonly given: ReadonlySet<string>;
  /** The overlay's rule `mizan` is in force. */
  readonly fillsSettings: boolean;
}

/** Only where the user gave none; SECRET_KEY is never taken for a ring's key. */
export function assignRings({ mizan, given, fillsSettings }: AssignOptions): AssignedRings {
  const variables: Record<string, AppRing> = {};
  for (const { ring, variable, isSecretKey } of mizan?.secrets ?? []) {
    // Two secrets from one variable: the first has it.
    if (variable === null || isSecretKey || given.has(variable)) continue;
    variables[variable] ??= ring;
  }
  const secret = mizan?.secrets.find(({ ring }) => ring === "mwt");
  return { variables, mwt: findMwtSource(secret, variables, { given, fillsSettings }) };
}

function findMwtSource(
  secret: MizanSecret | undefined,
  variables: AssignedRings["variables"],
  { given, fillsSettings }: Pick<AssignOptions, "given" | "fillsSettings">,
): MwtSource {
  if (secret === undefined) return { kind: "unknown" };
  const { variable, state } = secret;
  // A placeholder of the user's own is replaced by the overlay, whatever it came from.
  if (state !== "present" && fillsSettings) return { kind: "ring" };
  if (variable === null) return { kind: "unknown" };
  if (given.has(variable)) return { kind: "variable", name: variable };
  return variables[variable] === "mwt" ? { kind: "ring" } : { kind: "unknown" };
}
