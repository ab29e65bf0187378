import { createServer, request, Agent } from "node:http"; import { once } from "node:events";
import { test } from "vitest"; import { setTimeout as sleep } from "node:timers/promises";
import { ask, buildState, EdgeFixture } from "/work/main/test/contract/edge/edge-fixture.ts";
test("race", async () => {
  const f = new EdgeFixture();
  const server = await f.startOrigin(0, (q, r) => { q.resume(); q.on("end", () => r.end("ok")); });
  const edge = await f.startEdge(buildState());
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const post = async (method: string) => { const q = request({ host: "127.0.0.1", port: edge.port, path: "/", method, agent }); q.end(method === "POST" ? "a=1" : undefined); const [r] = await once(q, "response"); r.resume(); await once(r, "end"); return r.statusCode; };
  for (const [name, n] of [["GET", 4000], ["POST", 4000]] as const) { const t = performance.now(); let i = 0; await Promise.all(Array.from({ length: 8 }, async () => { while (i++ < n) await post(name); })); console.log(name, "rps", Math.round(n / (performance.now() - t) * 1000)); }
  for (const keep of [3, 20, 100]) { server.keepAliveTimeout = keep; (server as any).keepAliveTimeoutBuffer = 0; let bad = 0, n = 0; const end = performance.now() + 4000; await Promise.all(Array.from({ length: 4 }, async () => { while (performance.now() < end) { n++; if (await post("POST") !== 200) bad++; await sleep(keep - 2 + Math.random() * 4); } })); console.log("keepalive", keep, "posts", n, "bad", bad); }
  agent.destroy(); await f.end();
}, 60000);
