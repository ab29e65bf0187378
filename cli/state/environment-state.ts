/** The state of one environment of the local target: store, version and lease behind one door. */
import { createFolderStore } from "./folder-store.ts";
import { acquireLease, type Lease, type LeaseOptions } from "./lease.ts";
import { checkStateVersion, ensureStateVersion } from "./state-version.ts";
import type { StateStore } from "./store.ts";

export interface EnvironmentState {
  readonly store: StateStore;
  /**
   * Takes the lease and brings older state to this version's form: before any command that changes
   * something.
   *
   * @throws {MizanError} ENVIRONMENT_LOCKED, STATE_NEWER
   */
  lock(options: LeaseOptions): Promise<Lease>;
}

/**
 * Opens the state for reading; writes nothing.
 *
 * @param folder `EnvironmentPaths.state`; need not exist.
 * @param mizanVersion of the running program.
 * @throws {MizanError} STATE_NEWER when a newer `mizan` wrote it.
 */
export async function openEnvironmentState(
  folder: string,
  mizanVersion: string,
): Promise<EnvironmentState> {
  const store = createFolderStore(folder);
  await checkStateVersion(store, { mizanVersion });
  return {
    store,
    lock: async (options) => {
      const lease = await acquireLease(store, options);
      try {
        // Again: a newer `mizan` may have been at work while we waited.
        await ensureStateVersion(store, { mizanVersion });
      } catch (error) {
        await lease.release();
        throw error;
      }
      return lease;
    },
  };
}
