/**
 * A process of its own for the lease tests: `lease-child.ts <folder> <job> [log file]`.
 *
 * - `hold`: takes the lease, prints `held`, keeps it until it is killed.
 * - `work`: waits for the lease, writes `enter <pid>` and `leave <pid>` around a little work.
 */
import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { openEnvironmentState } from "../../../cli/state/environment-state.ts";
import { readLeaseOwner } from "../../../cli/state/lease-owner.ts";

const [folder = "", job, logFile = ""] = process.argv.slice(2);
const state = await openEnvironmentState(folder, "0.1.0");
const lease = await state.lock({
  owner: readLeaseOwner("deploy", {}),
  waitSeconds: job === "work" ? 60 : null,
  signal: new AbortController().signal,
  nowMs: Date.now,
});
if (job === "work") {
  await appendFile(logFile, `enter ${process.pid}\n`);
  await sleep(20);
  await appendFile(logFile, `leave ${process.pid}\n`);
  await lease.release();
} else {
  process.stdout.write("held\n");
  await sleep(600_000);
}
