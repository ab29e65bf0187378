/** Values of the variables that the target knows itself. */

import { join } from "node:path";
import type { LocalSession } from "./local-session.ts";
import type { AppRing } from "./mizan/assign-rings.ts";
import { revealSigningKey } from "./mizan/edge-secrets.ts";
import type { RoundOptions } from "./prepare-settings.ts";
import { provideVariable } from "./provided-variables.ts";
import type { Variables } from "./variables/variable.ts";
import { publicHosts, type ServiceUrls } from "./write-overlay.ts";

export interface WantedValues {
  readonly required: ReadonlySet<string>;
  /** Variable → ring whose key it holds. */
  readonly rings: Readonly<Record<string, AppRing>>;
}

/** Values for names that the user did not give and the target knows: required ones, and those of rings. */
export function provideValues(
  session: LocalSession,
  options: Pick<RoundOptions, "secrets" | "environment">,
  { required, rings }: WantedValues,
  variables: Variables,
  urls: ServiceUrls,
): Readonly<Record<string, string>> {
  const values = {
    secretKey: options.secrets.secretKey.reveal(),
    ...publicHosts(session, options.environment),
    ...urls,
    sqliteFile: join(session.paths.data, "db.sqlite3"),
  };
  const provided: Record<string, string> = {};
  for (const name of required) {
    const value = variables.has(name) ? null : provideVariable(name, values);
    if (value !== null) provided[name] = value;
  }
  for (const [name, ring] of Object.entries(rings)) {
    if (!variables.has(name)) provided[name] = revealSigningKey(options.secrets.rings[ring]);
  }
  return provided;
}
