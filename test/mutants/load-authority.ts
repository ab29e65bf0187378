/** Loads the modules of edge/authority as they are, or with one of them changed on the way: a mutant. */

import { bundleSource, type Patch } from "./bundle-source.ts";

const MODULES = [
  "authority",
  "intents",
  "invalidate-header",
  "json-targets",
  "message-memory",
  "numbers",
  "outcome",
  "plain-value",
  "target",
  "times",
] as const;

/** Everything that the checks use, so that one changed module is seen by all others. */
export type AuthorityModules = typeof import("../../edge/authority/authority.ts") &
  typeof import("../../edge/authority/intents.ts") &
  typeof import("../../edge/authority/invalidate-header.ts") &
  typeof import("../../edge/authority/json-targets.ts") &
  typeof import("../../edge/authority/message-memory.ts") &
  typeof import("../../edge/authority/numbers.ts") &
  typeof import("../../edge/authority/outcome.ts") &
  typeof import("../../edge/authority/plain-value.ts") &
  typeof import("../../edge/authority/target.ts") &
  typeof import("../../edge/authority/times.ts");

/** @throws Error where the patch fits nowhere, or in several places */
export async function loadAuthority(patch: Patch | null = null): Promise<AuthorityModules> {
  const contents = MODULES.map((name) => `export * from "./${name}.ts";`).join("\n");
  const folder = "edge/authority";
  const patches = patch === null ? [] : [patch];
  const text = await bundleSource({ contents, folder, format: "esm", patches });
  const encoded = Buffer.from(text).toString("base64");
  return import(/* @vite-ignore */ `data:text/javascript;base64,${encoded}`);
}
