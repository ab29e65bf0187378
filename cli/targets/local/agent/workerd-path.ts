/** Where the installed workerd is. */

import { createRequire } from "node:module";
import { z } from "zod";

// A CommonJS module whose path is its property `default`: Node's import would give the whole module.
const moduleSchema = z.object({ default: z.string() });

/** Absolute path of the program for this machine. */
export function findWorkerd(): string {
  return moduleSchema.parse(createRequire(import.meta.url)("workerd")).default;
}
