/** `mizan logs` on one machine. */

import { setTimeout as sleep } from "node:timers/promises";
import { MizanError } from "../../../infra/contract/errors.ts";
import { readCurrent } from "../../state/pointer.ts";
import type { LogsOptions } from "../target.ts";
import type { LocalSession } from "./local-session.ts";
import { followLog, ifThere, type LogFile, listLogFiles, readLastLines } from "./read-logs.ts";

/** Logs of building; shown only when asked for by name. */
const BUILD_LOGS = ["collectstatic", "frontend", "migrate", "python", "settings", "agent"];
/** How often following looks for the files of a new release. */
const NEW_FILES_MS = 1_000;

/**
 * Lines of the live release's processes and of the environment's own. Following goes on across
 * deploys, with the new release's files as they appear.
 * @throws {MizanError} USAGE for a process without a log.
 */
export async function showLogs(
  session: LocalSession,
  options: LogsOptions,
  onLine: (process: string, line: string) => void,
): Promise<void> {
  const shown = new Set<string>();
  const following: Promise<void>[] = [];
  const { signal } = session.context;
  // A file that is new since then is of a new release, and shown from its first line on.
  const old = new Set((await listLogFiles(session.paths.logs)).map((file) => file.path));
  const show = async (file: LogFile) => {
    shown.add(file.path);
    const say = (line: string) => onLine(file.process, line);
    if (!old.has(file.path)) {
      following.push(followLog(file.path, 0, signal, say));
      return;
    }
    const end = await ifThere(readLastLines(file.path, options.lines));
    if (end === null) return;
    end.lines.forEach(say);
    if (options.follow) following.push(followLog(file.path, end.endByte, signal, say));
    else if (end.unfinished !== "") say(end.unfinished);
  };
  const files = await selectFiles(session, options.process);
  if (files.length === 0) await explainNothing(session, options.process);
  for (const file of files) await show(file);
  while (options.follow && !signal.aborted) {
    await sleep(NEW_FILES_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
    for (const file of await selectFiles(session, options.process)) {
      if (!shown.has(file.path)) await show(file);
    }
  }
  await Promise.all(following);
}

async function selectFiles(
  session: LocalSession,
  process: string | null,
): Promise<readonly LogFile[]> {
  const live = (await readCurrent(session.store))?.release ?? null;
  return (await listLogFiles(session.paths.logs)).filter(
    (file) =>
      (file.release === null || file.release === live) &&
      (process === null ? !BUILD_LOGS.includes(file.process) : file.process === process),
  );
}

/** Nothing was written yet, or never is by a process of that name. */
async function explainNothing(session: LocalSession, process: string | null): Promise<void> {
  if (process === null) {
    session.context.out.warn("There are no logs yet. Next: mizan deploy");
    return;
  }
  const files = await listLogFiles(session.paths.logs);
  const names = [...new Set(files.map((file) => file.process))];
  throw new MizanError("USAGE", `There is no log of "${process}".`, {
    hint: names.length === 0 ? "mizan deploy" : `There are: ${names.join(", ")}`,
  });
}
