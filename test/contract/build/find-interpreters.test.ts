import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findInterpreters } from "../../../cli/build/python/find-interpreters.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-py-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that answers as the interpreter of that version would, and counts how often it was asked. */
function writePython(path: string, version: string): void {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  const answer = { version, final: true, usable: true, hasEnsurepip: true };
  const script = `#!/bin/sh\necho asked >> '${folder}/asked'\necho '${JSON.stringify(answer)}'\n`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

function environmentWith(path: string): Record<string, string> {
  return { HOME: join(folder, "home"), PATH: path };
}

describe("findInterpreters", () => {
  it("finds the machine's real ones, newest first, each once", async () => {
    const found = await findInterpreters({ environment: process.env });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ path }) => path)).size).toBe(found.length);
    for (const { version, path } of found) {
      expect(version).toMatch(/^3\.\d+\.\d+$/);
      expect(path).not.toContain("shims");
    }
  });

  it("looks into PATH, pyenv, uv, asdf and mise, and passes by shims, environments and broken ones", async () => {
    writePython("bin/python3", "3.99.1");
    writePython("shims/python3", "3.99.9");
    writePython("venv/bin/python3", "3.99.8");
    writeFileSync(join(folder, "venv/pyvenv.cfg"), "");
    writePython("home/.pyenv/versions/3.99.2/bin/python3.99", "3.99.2");
    writePython("home/.local/share/uv/python/cpython-3.99.3/bin/python3.99", "3.99.3");
    writePython("home/.asdf/installs/python/3.99.4/bin/python3", "3.99.4");
    writePython("home/.local/share/mise/installs/python/3.99.5/bin/python3", "3.99.5");
    symlinkSync("3.99.5", join(folder, "home/.local/share/mise/installs/python/3.99"));
    mkdirSync(join(folder, "broken"));
    writeFileSync(join(folder, "broken/python3"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    symlinkSync("nowhere", join(folder, "broken/python3.99"));
    const names = ["bin", "shims", "venv/bin", "broken", "missing"];
    const path = names.map((name) => join(folder, name)).join(":");
    const found = await findInterpreters({ environment: environmentWith(`${path}:/usr/bin:/bin`) });
    const ours = found.filter(({ version }) => version.startsWith("3.99"));
    expect(ours.map(({ version, from }) => [version, from])).toEqual([
      ["3.99.5", "mise"],
      ["3.99.4", "asdf"],
      ["3.99.3", "uv"],
      ["3.99.2", "pyenv"],
      ["3.99.1", "PATH"],
    ]);
  });

  it("asks each once, and again after it has changed", async () => {
    writePython("bin/python3", "3.99.1");
    const cacheFile = join(folder, "cache/pythons.json");
    const options = { environment: environmentWith(join(folder, "bin")), cacheFile };
    const first = await findInterpreters(options);
    expect(await findInterpreters(options)).toEqual(first);
    expect(readFileSync(join(folder, "asked"), "utf8")).toBe("asked\n");
    rmSync(join(folder, "bin/python3"));
    writePython("bin/python3", "3.99.2");
    const [newest] = await findInterpreters(options);
    expect(newest?.version).toBe("3.99.2");
    writeFileSync(cacheFile, "torn");
    expect((await findInterpreters(options))[0]?.version).toBe("3.99.2");
  });
});
