import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import {
  installBootService,
  removeBootService,
  renderUnit,
} from "../../../../../cli/targets/local/boot-service.ts";

const service = {
  projectRoot: "/srv/my shop/100% real",
  environment: "staging",
  nodePath: "/opt/node $x/bin/node",
  programPath: '/opt/a "quoted" \\ %n/bin.mjs',
};

const hasVerify = existsSync("/usr/bin/systemd-analyze");

describe("the unit of an environment", () => {
  it("brings it up once, and leaves its processes alone when it stops", () => {
    expect(renderUnit(service, false)).toMatchInlineSnapshot(`
      "[Unit]
      Description=Mizan environment staging of 100%% real
      After=network.target

      [Service]
      Type=oneshot
      RemainAfterExit=yes
      KillMode=process
      WorkingDirectory=/srv/my shop/100%% real
      ExecStart="/opt/node $$x/bin/node" "/opt/a \\"quoted\\" \\\\ %%n/bin.mjs" "up" "--plain" "--env" "staging"

      [Install]
      WantedBy=default.target
      "
    `);
  });

  it("starts at boot for root, at the user's session else", () => {
    expect(renderUnit(service, true)).toContain("WantedBy=multi-user.target");
    expect(renderUnit(service, false)).toContain("WantedBy=default.target");
  });

  it("is accepted by systemd itself, whatever is in the paths", async () => {
    if (!hasVerify) return console.warn("No systemd-analyze here: the unit was not verified.");
    const folder = await mkdtemp(join(tmpdir(), "mz-unit %n $x-"));
    const unit = renderUnit({ ...service, projectRoot: folder, nodePath: process.execPath }, true);
    const file = join(folder, "mizan-test.service");
    await writeFile(file, unit);
    const { stdout, stderr } = await promisify(execFile)("systemd-analyze", [
      "verify",
      "--man=no",
      file,
    ]);
    expect(stdout + stderr).not.toContain("mizan-test");
    await rm(folder, { recursive: true });
  });
});

describe("a machine without systemd", () => {
  it("is told what to start at boot", async () => {
    if (existsSync("/run/systemd/system")) return; // this one has it, and keeps its services
    await expect(installBootService(service)).rejects.toMatchObject({
      code: "PLATFORM_UNSUPPORTED",
      hint: expect.stringContaining("up --cwd"),
    });
  });

  it("has nothing to remove: missing is success", async () => {
    await removeBootService({ projectRoot: "/never/was", environment: "local" });
  });
});
