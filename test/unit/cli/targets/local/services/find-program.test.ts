import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parsePostgresMajor } from "../../../../../../cli/targets/local/services/find-postgres.ts";
import { findProgramFolders } from "../../../../../../cli/targets/local/services/find-program.ts";
import { parsePasswd } from "../../../../../../cli/targets/local/services/service-account.ts";

test("programs are found on the path and in known places; wrappers and doubles are left out", async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), "mz-")));
  try {
    for (const folder of ["path", "wrapped", "lib/15/bin", "lib/17/bin", "plain"]) {
      await mkdir(join(root, folder), { recursive: true });
    }
    const program = async (folder: string, text: string, mode = 0o755) => {
      await writeFile(join(root, folder, "server"), text);
      await chmod(join(root, folder, "server"), mode);
    };
    await program("lib/15/bin", "\u007fELF");
    await program("lib/17/bin", "\u007fELF");
    await program("wrapped", "#!/bin/sh\n");
    await program("plain", "\u007fELF", 0o644);
    await symlink(join(root, "lib/15/bin/server"), join(root, "path/server"));
    const searchPath = ["wrapped", "plain", "path", "none"]
      .map((name) => join(root, name))
      .join(":");
    expect(await findProgramFolders("server", searchPath, [join(root, "lib/*/bin")])).toEqual([
      join(root, "lib/15/bin"),
      join(root, "lib/17/bin"),
    ]);
    expect(await findProgramFolders("server", "", ["/nowhere/*/bin", "/nowhere"])).toEqual([]);
  } finally {
    await rm(root, { recursive: true });
  }
});

test("the major version of a server is read from what it says", () => {
  expect(parsePostgresMajor("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)")).toBe(15);
  expect(parsePostgresMajor("postgres (PostgreSQL) 18beta1")).toBe(18);
  expect(parsePostgresMajor("something else")).toBeNull();
});

test("users are read from passwd", () => {
  const text = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n\n";
  expect(parsePasswd(text)).toEqual([
    { name: "root", uid: 0, gid: 0 },
    { name: "nobody", uid: 65534, gid: 65534 },
  ]);
});
