import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../../../../cli/tools/open-browser.ts";
import { waitFor } from "../../../helpers/wait-for.ts";

const opener = process.platform === "darwin" ? "open" : "xdg-open";
const desktop = { DISPLAY: ":9" };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mz-open-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A program that does what the test says, named as the system's opener. */
async function install(script: string): Promise<Record<string, string>> {
  const place = await mkdtemp(join(folder, "bin-"));
  await writeFile(join(place, opener), `#!/bin/sh\n${script}\n`);
  await chmod(join(place, opener), 0o755);
  return { ...desktop, PATH: `${place}:/usr/bin:/bin` };
}

describe("opening an address", () => {
  it("gives it to the system's own program", async () => {
    const file = join(folder, "opened");
    const env = await install(`printf %s "$1" > ${file}`);
    expect(await openBrowser("http://127.0.0.1:8000/?a=1&b=2", env)).toBe(true);
    expect(await waitFor("the address", () => readFile(file, "utf8"))).toBe(
      "http://127.0.0.1:8000/?a=1&b=2",
    );
  });

  it("does not wait for a browser that stays", async () => {
    const startedAtMs = Date.now();
    expect(await openBrowser("http://x", await install("exec sleep 6"))).toBe(true);
    expect(Date.now() - startedAtMs).toBeLessThan(5_000);
  });

  it("says no where the program fails, is missing, or no desktop is there", async () => {
    expect(await openBrowser("http://x", await install("exit 3"))).toBe(false);
    expect(await openBrowser("http://x", { ...desktop, PATH: folder })).toBe(false);
    if (process.platform !== "darwin")
      expect(await openBrowser("http://x", { PATH: folder })).toBe(false);
  });
});
