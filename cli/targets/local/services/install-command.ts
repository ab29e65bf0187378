/** How a missing program is installed on this system. */

import { readFileSync } from "node:fs";
import { MizanError } from "../../../../infra/contract/errors.ts";

export type InstallableTool = "postgresql" | "redis";

/** What the command depends on. */
export interface InstallSystem {
  readonly platform: NodeJS.Platform;
  /** `ID` and `ID_LIKE` of os-release(5), the most exact first; empty elsewhere. */
  readonly distributions: readonly string[];
  /** Major number of `VERSION_ID`, or null. */
  readonly version: number | null;
  readonly isRoot: boolean;
}

/** @param major of PostgreSQL, where a certain one is needed; null: the system's own */
export function buildInstallCommand(
  system: InstallSystem,
  tool: InstallableTool,
  major: number | null = null,
): string | null {
  if (system.platform === "darwin") {
    return `brew install ${tool === "redis" ? "redis" : `postgresql@${major ?? 17}`}`;
  }
  const sudo = system.isRoot ? "" : "sudo ";
  for (const distribution of system.distributions) {
    const build = BY_DISTRIBUTION[distribution];
    if (build !== undefined) return `${sudo}${build(tool, major, system)}`;
  }
  return null;
}

/**
 * TOOL_MISSING with this system's install command as the hint.
 * @param what for people: `PostgreSQL 15`
 */
export function toolMissing(
  what: string,
  why: string,
  tool: InstallableTool,
  major: number | null = null,
): MizanError {
  const command = buildInstallCommand(readInstallSystem(), tool, major);
  return new MizanError("TOOL_MISSING", `${what} is not on this machine; ${why}`, {
    hint: command ?? `Install ${what} with this system's package manager`,
    details: { tool, major },
  });
}

function readInstallSystem(): InstallSystem {
  const release = process.platform === "linux" ? parseOsRelease(readOsRelease()) : {};
  const version = Number.parseInt(release["VERSION_ID"] ?? "", 10);
  return {
    platform: process.platform,
    distributions: `${release["ID"] ?? ""} ${release["ID_LIKE"] ?? ""}`.split(" ").filter(Boolean),
    version: Number.isNaN(version) ? null : version,
    isRoot: process.getuid?.() === 0,
  };
}

/** @param text os-release(5): shell-like assignments */
export function parseOsRelease(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const match = /^([A-Z_]+)=(["']?)(.*)\2$/.exec(line.trim());
    if (match?.[1] !== undefined) values[match[1]] = match[3] ?? "";
  }
  return values;
}

type BuildCommand = (tool: InstallableTool, major: number | null, system: InstallSystem) => string;

const apt: BuildCommand = (tool, major) =>
  `apt-get install -y ${tool === "redis" ? "redis-server" : `postgresql${major === null ? "" : `-${major}`}`}`;

/** Fedora since 41 and Enterprise Linux since 10 have Valkey in Redis's place. */
const dnf =
  (valkeySince: number): BuildCommand =>
  (tool, _major, { version }) =>
    `dnf install -y ${tool === "postgresql" ? "postgresql-server" : (version ?? 99) >= valkeySince ? "valkey" : "redis"}`;

const BY_DISTRIBUTION: Readonly<Record<string, BuildCommand>> = {
  debian: apt,
  ubuntu: apt,
  fedora: dnf(41),
  rhel: dnf(10),
  centos: dnf(10),
  // Redis left Arch's own packages for Valkey in 2025.
  arch: (tool) => `pacman -S --noconfirm ${tool === "redis" ? "valkey" : tool}`,
  alpine: (tool, major) =>
    `apk add ${tool === "redis" ? tool : major === null ? tool : `${tool}${major}`}`,
  suse: (tool) => `zypper install -y ${tool === "redis" ? tool : "postgresql-server"}`,
  opensuse: (tool) => `zypper install -y ${tool === "redis" ? tool : "postgresql-server"}`,
};

function readOsRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    // A system without it: then no command is named.
    return "";
  }
}
