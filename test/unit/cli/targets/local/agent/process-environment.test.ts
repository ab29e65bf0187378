import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ProcessSpec } from "../../../../../../cli/targets/local/agent/contract.ts";
import {
  buildBaseEnvironment,
  readProcessEnvironment,
} from "../../../../../../cli/targets/local/agent/process-environment.ts";

const spec: ProcessSpec = {
  name: "origin",
  release: "r1",
  command: ["/bin/true"],
  cwd: "/",
  env: { A: "spec" },
  envFiles: [],
  user: null,
  logFile: "/dev/null",
  stopSignal: "SIGTERM",
  stopTimeoutSeconds: 1,
  ready: { kind: "file", path: "/" },
  readyTimeoutSeconds: 1,
};

test("of the shell only harmless names are kept", () => {
  const shell = { PATH: "/bin", LC_CTYPE: "C", HOME: "/root", TOKEN: "secret", LANG: undefined };
  expect(buildBaseEnvironment(shell)).toEqual({ PATH: "/bin", LC_CTYPE: "C", HOME: "/root" });
});

test("a process of another user does not get the home of whoever started the agent", async () => {
  const base = { PATH: "/bin", HOME: "/root" };
  expect(await readProcessEnvironment(spec, base)).toEqual({ ...base, A: "spec" });
  const other = { ...spec, user: { uid: 1, gid: 1 } };
  expect(await readProcessEnvironment(other, base)).toEqual({ PATH: "/bin", A: "spec" });
});

test("later files win over earlier ones, and an unreadable one is named without its content", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mz-"));
  try {
    const files = [join(folder, "one.json"), join(folder, "two.json")] as const;
    await writeFile(files[0], JSON.stringify({ B: "one", C: "one" }));
    await writeFile(files[1], JSON.stringify({ C: "two" }));
    const env = await readProcessEnvironment({ ...spec, envFiles: files }, {});
    expect(env).toEqual({ A: "spec", B: "one", C: "two" });
    await writeFile(files[1], `{"PASSWORD": "hunter2"`);
    const broken = readProcessEnvironment({ ...spec, envFiles: files }, {});
    await expect(broken).rejects.toThrow(/two\.json" is no JSON table of texts$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
