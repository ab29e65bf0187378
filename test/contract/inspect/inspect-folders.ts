/** Inspects the folders of the command line, each one's outcome as a line of JSON: a process that a test can end. */

import { inspectStatic } from "../../../cli/inspect/inspect-static.ts";
import { MizanError } from "../../../infra/contract/errors.ts";

for (const folder of process.argv.slice(2)) {
  console.log(
    JSON.stringify({ folder, outcome: inspect(folder), rssBytes: process.memoryUsage.rss() }),
  );
}

/** The codes of the findings, or that of the error. */
function inspect(folder: string): readonly string[] {
  try {
    return inspectStatic(folder).findings.map(({ code }) => code);
  } catch (error) {
    if (error instanceof MizanError) return [error.code];
    throw error;
  }
}
