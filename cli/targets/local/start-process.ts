/** Has the agent start one process, and turns a start that failed into the error to tell. */

import { MizanError } from "../../../infra/contract/errors.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import type { ProcessSpec, StartResult } from "./agent/contract.ts";

/** @throws {MizanError} RELEASE_UNHEALTHY with the process's last lines. */
export async function startProcess(agent: AgentClient, spec: ProcessSpec): Promise<void> {
  const result = await agent.startProcess(spec);
  if (!result.ok) throw startFailure(spec, result);
}

function startFailure(spec: ProcessSpec, result: StartResult & { ok: false }): MizanError {
  const isService = spec.release === null;
  const what = isService ? spec.name : `The ${spec.name} of release ${spec.release}`;
  const how =
    result.reason === "exited"
      ? `ended at its start (${result.detail})`
      : `was not ready within ${spec.readyTimeoutSeconds} s (${result.detail})`;
  const output = result.logTail;
  return new MizanError(
    isService ? "SERVICE_FAILED" : "RELEASE_UNHEALTHY",
    `${what} ${how}${isService ? "." : "; it took no traffic."}${likelyCause(output)}`,
    {
      hint: isService ? `Its log is in ${spec.logFile}` : "Fix the cause, then: mizan deploy",
      details: { process: spec.name, release: spec.release, detail: result.detail, output },
    },
  );
}

/** The last line of a traceback is the cause: `ModuleNotFoundError: No module named 'x'`; gunicorn's own is not. */
function likelyCause(output: string): string {
  const errors = output.match(
    /^(?!gunicorn\.)[\w.]*(?:Error|Exception|ImproperlyConfigured)\b.*$/gm,
  );
  return errors === null ? "" : ` Cause: ${errors.at(-1)}`;
}
