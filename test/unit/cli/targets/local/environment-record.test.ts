import { once } from "node:events";
import { mkdir, readFile, stat } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  ensureEnvironmentRecord,
  environmentHost,
  environmentUrl,
  readEnvironmentRecord,
  saveEnvironmentRecord,
} from "../../../../../cli/targets/local/environment-record.ts";
import type { LaunchPlan } from "../../../../../cli/targets/local/launch-plan.ts";
import {
  publicHosts,
  secretKeyFile,
  writeOverlay,
} from "../../../../../cli/targets/local/write-overlay.ts";
import type { OverlayInput } from "../../../../../runtime/origin/contract.ts";
import { findFreePort } from "../../../../helpers/free-port.ts";
import { openTestSession, type TestSession } from "./test-session.ts";

let opened: TestSession | undefined;
let listener: Server | undefined;
afterEach(async () => {
  listener?.close();
  await opened?.remove();
});

async function open(environment: object = {}) {
  opened = await openTestSession(environment);
  return opened.session;
}

/** Somebody else's server. */
async function occupyPort(): Promise<number> {
  listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  return (listener.address() as AddressInfo).port; // a TCP server's address is never a string
}

describe("the address of an environment", () => {
  it("is a free port at first, and kept from then on", async () => {
    const session = await open();
    const first = await ensureEnvironmentRecord(session);
    expect(first).toMatchObject({ host: "127.0.0.1", desired: "up" });
    expect(first.port).toBeGreaterThanOrEqual(8000);
    expect(first.port).toBeLessThan(9000);
    expect(await ensureEnvironmentRecord(session)).toEqual(first);
    expect(await readEnvironmentRecord(session.store)).toEqual(first);
  });

  it("is that of the config, at once and after it was changed", async () => {
    const port = await findFreePort();
    const session = await open({ port });
    await saveEnvironmentRecord(session.store, { host: "127.0.0.1", port: 8000, desired: "down" });
    const wanted = { host: "127.0.0.1", port, desired: "up" };
    expect(await ensureEnvironmentRecord(session)).toEqual(wanted);
    expect(await readEnvironmentRecord(session.store)).toEqual(wanted);
  });

  it("stays where it is though somebody else has its port: the agent says so", async () => {
    const session = await open();
    const taken = { host: "127.0.0.1", port: await occupyPort(), desired: "up" } as const;
    await saveEnvironmentRecord(session.store, taken);
    expect(await ensureEnvironmentRecord(session)).toEqual(taken);
  });

  it("must be one of this machine", async () => {
    const session = await open({ host: "192.0.2.7" });
    await expect(ensureEnvironmentRecord(session)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: 'Nothing can listen at "192.0.2.7" on this machine.',
    });
  });

  it.each([
    ["127.0.0.1", "http://127.0.0.1:8000", "127.0.0.1:8000"],
    ["0.0.0.0", "http://127.0.0.1:8000", "127.0.0.1:8000"],
    ["::", "http://[::1]:8000", "[::1]:8000"],
    ["::1", "http://[::1]:8000", "[::1]:8000"],
    ["shop.test", "http://shop.test:8000", "shop.test:8000"],
  ])("with host %s is %s", (host, url, header) => {
    const record = { host, port: 8000, desired: "up" } as const;
    expect([environmentUrl(record), environmentHost(record)]).toEqual([url, header]);
  });
});

describe("the overlay's input", () => {
  const record = { host: "::", port: 8100, desired: "up" } as const;

  it("knows every name that browsers use, with brackets for IPv6", async () => {
    const session = await open({ hosts: ["shop.test"] });
    expect(publicHosts(session, record)).toEqual({
      hosts: ["[::1]", "127.0.0.1", "localhost", "shop.test"],
      origins: [
        "http://[::1]:8100",
        "http://127.0.0.1:8100",
        "http://localhost:8100",
        "http://shop.test:8100",
      ],
    });
  });

  it("is a file for its owner alone, with the switches of the config", async () => {
    const session = await open({ overlay: true, disabledOverlayRules: ["csrf"] });
    const overlayFile = `${session.paths.releases}/r1/overlay.json`;
    await mkdir(dirname(overlayFile), { recursive: true });
    const urls = { databaseUrl: "postgresql://app:pw@/app?host=%2Frun", redisUrl: null };
    const staticFolder = "/shared/static";
    const plan = { overlayFile, appFolder: "/app", staticFolder } as LaunchPlan; // all that it reads
    await writeOverlay(session, plan, record, urls);
    expect((await stat(overlayFile)).mode & 0o777).toBe(0o600);
    const input = JSON.parse(await readFile(overlayFile, "utf8")) as OverlayInput;
    expect(input).toMatchObject({
      version: 1,
      enabled: true,
      disabledRules: ["csrf"],
      scheme: "http",
      appFolder: "/app",
      dataFolder: session.paths.data,
      staticFolder,
      secretKeyFile: secretKeyFile(session),
      ...urls,
    });
  });
});
