/** What a project's mizan.config imports from the package: types, and nothing at run time. */

import type { ConfigInput } from "./schema.ts";

/** A Mizan Deploy configuration. */
export type MizanConfig = ConfigInput;

/**
 * Gives a config its type; returns it as it is.
 * @example
 * export default defineConfig({ environments: { local: { port: 8000 } } });
 */
export function defineConfig(config: MizanConfig): MizanConfig {
  return config;
}
