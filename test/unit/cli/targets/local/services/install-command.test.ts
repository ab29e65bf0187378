import { expect, test } from "vitest";
import {
  buildInstallCommand,
  type InstallableTool,
  parseOsRelease,
  toolMissing,
} from "../../../../../../cli/targets/local/services/install-command.ts";

function command(
  distributions: readonly string[],
  tool: InstallableTool,
  version: number | null = null,
  major: number | null = null,
) {
  return buildInstallCommand(
    { platform: "linux", distributions, version, isRoot: false },
    tool,
    major,
  );
}

test("each system gets the command of its own package manager", () => {
  expect(command(["debian"], "postgresql")).toBe("sudo apt-get install -y postgresql");
  expect(command(["linuxmint", "ubuntu", "debian"], "redis")).toBe(
    "sudo apt-get install -y redis-server",
  );
  expect(command(["fedora"], "redis", 42)).toBe("sudo dnf install -y valkey");
  expect(command(["rocky", "rhel", "fedora"], "redis", 9)).toBe("sudo dnf install -y redis");
  expect(command(["arch"], "redis")).toBe("sudo pacman -S --noconfirm valkey");
  expect(command(["alpine"], "postgresql", 3, 16)).toBe("sudo apk add postgresql16");
  expect(command(["plan9"], "redis")).toBeNull();
});

test("a certain major version is named where the system has packages of it", () => {
  expect(command(["debian"], "postgresql", 12, 15)).toBe("sudo apt-get install -y postgresql-15");
});

test("macOS uses Homebrew, and root needs no sudo", () => {
  const mac = { platform: "darwin", distributions: [], version: null, isRoot: false } as const;
  expect(buildInstallCommand(mac, "redis")).toBe("brew install redis");
  const root = { platform: "linux", distributions: ["debian"], version: 12, isRoot: true } as const;
  expect(buildInstallCommand(root, "redis")).toBe("apt-get install -y redis-server");
});

test("os-release is read with and without quotes", () => {
  const text = `PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nID_LIKE='a b'\n# comment\n`;
  expect(parseOsRelease(text)).toMatchObject({ ID: "debian", ID_LIKE: "a b" });
});

test("a missing server is exit 5 with one command as the hint", () => {
  const error = toolMissing("Redis", "the app's settings need it", "redis");
  expect(error).toMatchObject({ code: "TOOL_MISSING", exitCode: 5 });
  expect(error.hint).toMatch(/install|add|pacman|brew/i);
});
