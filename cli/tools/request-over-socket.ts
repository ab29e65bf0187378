/** One small HTTP request over a Unix socket, answered whole. */

import { request } from "node:http";

export interface SocketRequest {
  readonly socketPath: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

export interface SocketAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** @throws the socket's error (`ENOENT`, `ECONNREFUSED`, …) or `ETIMEDOUT`. */
export function requestOverSocket(options: SocketRequest): Promise<SocketAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        socketPath: options.socketPath,
        method: options.method ?? "GET",
        path: options.path,
        headers: options.headers,
        agent: false,
      },
      (incoming) => {
        let body = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk: string) => {
          body += chunk;
        });
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }),
        );
      },
    );
    outgoing.setTimeout(options.timeoutMs, () => {
      const error = new Error(`No answer within ${options.timeoutMs} ms`);
      outgoing.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
    });
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
}
