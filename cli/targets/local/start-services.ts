/** The servers that an environment runs itself: PostgreSQL and Redis from the machine's binaries. */

import type { AgentClient } from "./agent/agent-client.ts";
import type { ServiceName } from "./decide-services.ts";
import { connectLocalAgent } from "./local-agent.ts";
import type { LocalSession } from "./local-session.ts";
import { type PreparedService, preparePostgres } from "./services/postgres.ts";
import { prepareRedis } from "./services/redis.ts";
import { startProcess } from "./start-process.ts";
import type { ServiceUrls } from "./write-overlay.ts";

const PREPARE = { postgres: preparePostgres, redis: prepareRedis } as const;

/**
 * Idempotent: those that run are left alone.
 * @throws {MizanError} TOOL_MISSING with this system's install command, SERVICE_FAILED, DISK_FULL.
 */
export async function startServices(
  session: LocalSession,
  agent: AgentClient,
  names: ReadonlySet<ServiceName>,
  options: { readonly progress: (text: string) => void },
): Promise<ServiceUrls> {
  const prepared = new Map<ServiceName, PreparedService>();
  for (const name of names) {
    const service = await PREPARE[name](session.paths, session.context.env["PATH"] ?? "");
    options.progress(`starting ${service.title}`);
    await startProcess(agent, service.spec);
    prepared.set(name, service);
  }
  return {
    databaseUrl: prepared.get("postgres")?.url ?? null,
    redisUrl: prepared.get("redis")?.url ?? null,
  };
}

/** Those that run now. */
export async function listRunningServices(agent: AgentClient): Promise<readonly ServiceName[]> {
  const { processes } = await agent.status();
  const names = processes.filter(({ release }) => release === null).map(({ name }) => name);
  return names.filter((name): name is ServiceName => name in PREPARE);
}

/** Addresses of those that run now; starts nothing. */
export async function readServiceUrls(session: LocalSession): Promise<ServiceUrls> {
  const agent = await connectLocalAgent(session);
  if (agent === null) return { databaseUrl: null, redisUrl: null };
  const running = new Set(await listRunningServices(agent));
  return startServices(session, agent, running, { progress: () => undefined });
}
