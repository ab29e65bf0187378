/** Opens the store under test in whatever process needs it, from a description that fits into JSON. */
import type { StateStore } from "../../../cli/state/store.ts";

/** How to make the store: `(await import(module))[exportName](...args)`. */
export interface StoreDescription {
  /** URL of the module. */
  readonly module: string;
  readonly exportName: string;
  readonly args: readonly unknown[];
}

export async function openStore(description: StoreDescription): Promise<StateStore> {
  const module: Record<string, (...args: readonly unknown[]) => StateStore | Promise<StateStore>> =
    await import(description.module);
  const create = module[description.exportName];
  if (create === undefined) throw new Error(`No export ${description.exportName}`);
  return create(...description.args);
}
