/** `mizan up --at-boot`: a user service that brings the environment back at every machine start. */

import { createHash } from "node:crypto";
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { MizanError } from "../../../infra/contract/errors.ts";

export interface BootService {
  readonly projectRoot: string;
  readonly environment: string;
  /** Absolute path of node and of the `mizan` program. */
  readonly nodePath: string;
  readonly programPath: string;
}

/**
 * Writes and enables a systemd unit: of the user, or of the system when root runs it (root's own
 * services start at boot without a login).
 * @throws {MizanError} PLATFORM_UNSUPPORTED without systemd.
 */
export async function installBootService(service: BootService): Promise<string> {
  if (process.platform !== "linux" || !(await exists("/run/systemd/system"))) {
    throw new MizanError(
      "PLATFORM_UNSUPPORTED",
      "This machine has no systemd to start it at boot.",
      {
        hint: `Run this from what your machine starts at boot: ${service.programPath} up --cwd ${service.projectRoot} --env ${service.environment}`,
      },
    );
  }
  const unit = unitPath(service);
  await mkdir(join(unit, ".."), { recursive: true });
  await writeFile(unit, renderUnit(service, isRoot()));
  await systemctl(["daemon-reload"]);
  await systemctl(["enable", basename(unit)]);
  if (!isRoot()) await execa("loginctl", ["enable-linger", userInfo().username], { reject: false });
  return unit;
}

/** Missing is success. */
export async function removeBootService(
  service: Pick<BootService, "projectRoot" | "environment">,
): Promise<void> {
  const unit = unitPath(service);
  if (!(await exists(unit))) return;
  await systemctl(["disable", basename(unit)]);
  await rm(unit, { force: true });
  await systemctl(["daemon-reload"]);
}

/** The unit's text. Pure. */
export function renderUnit(service: BootService, asRoot: boolean): string {
  const quote = (text: string) =>
    `"${text.replace(/[\\"%$]/g, (c) => (c === "%" || c === "$" ? c + c : `\\${c}`))}"`;
  const command = [
    service.nodePath,
    service.programPath,
    "up",
    "--plain",
    "--env",
    service.environment,
  ];
  const title = `Mizan environment ${service.environment} of ${basename(service.projectRoot)}`;
  return `[Unit]
Description=${title.replaceAll("%", "%%")}
After=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
KillMode=process
WorkingDirectory=${service.projectRoot.replaceAll("%", "%%")}
ExecStart=${command.map(quote).join(" ")}

[Install]
WantedBy=${asRoot ? "multi-user.target" : "default.target"}
`;
}

function unitPath(service: Pick<BootService, "projectRoot" | "environment">): string {
  const id = createHash("sha256").update(service.projectRoot).digest("hex").slice(0, 8);
  const name = `mizan-${id}-${service.environment}.service`;
  return isRoot()
    ? join("/etc/systemd/system", name)
    : join(homedir(), ".config/systemd/user", name);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function systemctl(args: readonly string[]): Promise<void> {
  const done = await execa("systemctl", isRoot() ? args : ["--user", ...args], { reject: false });
  if (done.exitCode === 0) return;
  throw new MizanError("TOOL_MISSING", `systemctl ${args.join(" ")} failed: ${done.stderr}`, {
    hint: "Is the user's systemd running? loginctl enable-linger",
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
