import { request } from "node:http";
import { dirname, relative } from "node:path";
import type { EdgeReport, EdgeState } from "../../../../edge/cache/contract.ts";

export function buildWorkerdConfig(o: {
  configPath: string;
  workerScriptPath: string;
  slotSockets: string[];
  assetsFolder: string;
  mediaFolder: string;
  initialState: EdgeState | null;
  controlSocket: string;
}): string {
  const q = (s: string) => JSON.stringify(s);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "edge", worker = (modules = [(name = "worker.mjs", esModule = embed ${q(relative(dirname(o.configPath), o.workerScriptPath))})],
      compatibilityDate = "2026-01-01", bindings = [(name = "INITIAL_STATE", json = ${q(JSON.stringify(o.initialState))})])),
  ],
  sockets = [
    (name = "http", service = "edge"),
    (name = "control", address = ${q("unix:" + o.controlSocket)}, service = (name = "edge", entrypoint = "control")),
  ]
);`;
}
function call(socketPath: string, method: string, path: string, body?: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const r = request(
      { socketPath, method, path, agent: false, headers: { host: "edge" } },
      (res) => {
        let t = "";
        res.on("data", (c) => {
          t += c;
        });
        res.on("end", () =>
          res.statusCode === 200
            ? resolve(JSON.parse(t))
            : reject(new Error(`${res.statusCode} ${t}`)),
        );
      },
    );
    r.on("error", reject);
    r.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
export const pushEdgeState = async (s: string, state: EdgeState) => {
  await call(s, "PUT", "/release", state);
};
export const readEdgeReport = async (s: string) => (await call(s, "GET", "/state")) as EdgeReport;
