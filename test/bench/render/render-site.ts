/** The servers that render in the bench: what is shipped and bare react-dom, in workerd and in Bun. */

import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { buildRenderConfig } from "../../../cli/targets/local/render/render-config.ts";
import { SSR_ENV } from "../../../runtime/ssr/contract.ts";
import { findFreePort } from "../../helpers/free-port.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import type { BenchSite, Server } from "../edge/bench-site.ts";
import { startWorkerd } from "../edge/workerd-process.ts";
import { askText, FRAGMENT_QUESTION } from "./bench-question.ts";
import { type BareKind, bundleBare, bundlePages } from "./bundle-pages.ts";

const root = join(import.meta.dirname, "../../..");
const BUN = join(root, "node_modules/.bin/bun");

/** @param address `127.0.0.1:0`, or `unix:<path>` for an Edge */
export async function startRender(site: BenchSite, address = "127.0.0.1:0"): Promise<Server> {
  const folder = site.createFolder(`render-${address.replaceAll(/\W/g, "")}`);
  const modules = await bundlePages("edge", join(folder, "edge"));
  return startWorker(site, folder, modules, address);
}

export async function startBareWorkerd(site: BenchSite, kind: BareKind): Promise<Server> {
  const folder = site.createFolder(`workerd-${kind}`);
  return startWorker(site, folder, await bundleBare("edge", kind, join(folder, "edge")));
}

/** With its renderers, as many as it starts by itself. */
export async function startSsr(site: BenchSite): Promise<Server> {
  const folder = site.createFolder("ssr");
  await bundlePages("bun", folder);
  const port = await findFreePort();
  const env = {
    [SSR_ENV.bind]: `127.0.0.1:${port}`,
    [SSR_ENV.entry]: join(folder, "entry.mjs"),
  };
  return startBun(site, join(root, "dist/ssr/server.mjs"), port, env);
}

/** One process of Bun. */
export async function startBareBun(site: BenchSite, kind: BareKind): Promise<Server> {
  const folder = site.createFolder(`bun-${kind}`);
  await bundleBare("bun", kind, folder);
  const port = await findFreePort();
  return startBun(site, join(folder, "entry.mjs"), port, { PORT: String(port) });
}

async function startWorker(
  site: BenchSite,
  folder: string,
  modules: readonly string[],
  address?: string,
): Promise<Server> {
  const config = buildRenderConfig(modules);
  const server = await startWorkerd(config, join(folder, "render.capnp"), address);
  site.keep(server.child);
  return server;
}

async function startBun(
  site: BenchSite,
  script: string,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<Server> {
  const child = spawn(BUN, [script], {
    cwd: dirname(script),
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  site.keep(child);
  const { path, body } = FRAGMENT_QUESTION;
  await waitFor(script, () => {
    if (child.exitCode !== null) throw new Error(`Bun ended with ${child.exitCode}`);
    return askText(port, path, body);
  });
  return { port, child };
}
