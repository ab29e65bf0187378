/** Asks a process whether it is ready for work. */

import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { request } from "node:http";
import { connect, type NetConnectOpts } from "node:net";
import type { ReadyCheck } from "./contract.ts";

/** One answer may take this long; a process that is slower is asked again. */
const ANSWER_TIMEOUT_MS = 2000;

/** Of an answer's body, so much is kept to show why it is not ready. */
const BODY_LIMIT_CHARS = 2000;

/**
 * Asks once.
 * @param env environment for a check of kind `command`: the process's own
 * @returns null when ready, else why not, in words
 */
export function runReadyCheck(
  check: ReadyCheck,
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  switch (check.kind) {
    case "http":
      return askHttp(check.socketPath, check.path);
    case "tcp":
      return tryConnect({ host: check.host, port: check.port });
    case "socket":
      return tryConnect({ path: check.socketPath });
    case "file":
      return access(check.path).then(
        () => null,
        () => `no file "${check.path}"`,
      );
    case "command":
      return askCommand(check.command, env);
  }
}

/** @returns null for 200 in time, else why not, in words */
export function askHttp(
  socketPath: string,
  path: string,
  timeoutMs = ANSWER_TIMEOUT_MS,
): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = request({
      socketPath,
      path,
      agent: false,
      headers: { host: "localhost" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    asked.on("error", (error) => resolve(error.message));
    asked.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        if (body.length < BODY_LIMIT_CHARS) body += text;
      });
      response.on("error", (error) => resolve(error.message));
      response.on("end", () => {
        const status = response.statusCode;
        resolve(status === 200 ? null : `${status} ${body.slice(0, BODY_LIMIT_CHARS)}`.trim());
      });
    });
    asked.end();
  });
}

function tryConnect(options: NetConnectOpts): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ ...options, timeout: ANSWER_TIMEOUT_MS });
    const finish = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => finish(null));
    socket.once("timeout", () => finish("no connection in time"));
    socket.once("error", (error) => finish(error.message));
  });
}

function askCommand(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: ANSWER_TIMEOUT_MS }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim().slice(0, BODY_LIMIT_CHARS);
      resolve(error === null ? null : output || error.message);
    });
  });
}
