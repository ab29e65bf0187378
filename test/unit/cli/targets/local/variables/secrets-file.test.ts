import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  buildKid,
  getSigningKey,
  RING_NAMES,
  revealKeyRing,
} from "../../../../../../cli/targets/local/variables/key-ring.ts";
import { writePrivateFile } from "../../../../../../cli/targets/local/variables/private-file.ts";
import {
  ensureSecrets,
  readSecrets,
  type Secrets,
} from "../../../../../../cli/targets/local/variables/secrets-file.ts";

const nowMs = Date.UTC(2026, 10, 24);
let folder: string;
let path: string;
let warnings: string[];
const warn = (message: string) => {
  warnings.push(message);
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mizan-secrets-"));
  path = join(folder, "env/secrets.json");
  warnings = [];
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function reveal(secrets: Secrets | null): unknown {
  if (secrets === null) return null;
  return [
    secrets.secretKey.reveal(),
    secrets.fingerprintKey.reveal(),
    RING_NAMES.map((name) => revealKeyRing(secrets.rings[name])),
  ];
}

async function modeOf(file: string): Promise<number> {
  return (await stat(file)).mode & 0o777;
}

describe("ensureSecrets", () => {
  it("makes them once, in a file that only its owner may read", async () => {
    const first = await ensureSecrets(path, { nowMs, warn });
    const second = await ensureSecrets(path, { nowMs: nowMs + 1, warn });
    expect(reveal(second)).toEqual(reveal(first));
    expect(await modeOf(path)).toBe(0o600);
    expect(await readdir(join(folder, "env"))).toEqual(["secrets.json"]);
    expect(warnings).toEqual([]);
  });

  it("gives a SECRET_KEY that Django, shells and .env files take as it is", async () => {
    const { secretKey } = await ensureSecrets(path, { nowMs, warn });
    expect(secretKey.reveal()).toMatch(/^[A-Za-z0-9_-]{64}$/);
  });

  it("gives each ring one signing key of its own, in the form of D9", async () => {
    const { rings } = await ensureSecrets(path, { nowMs, warn });
    const secrets = new Set<string>();
    for (const name of RING_NAMES) {
      const key = getSigningKey(rings[name]);
      const secret = key.secret.reveal();
      expect(rings[name]).toHaveLength(1);
      expect(key.kid).toBe(buildKid(secret));
      expect(key.kid).not.toContain(secret.slice(0, 8));
      expect(key.createdAt).toBe("2026-11-24T00:00:00.000Z");
      expect(Buffer.from(secret, "base64url")).toHaveLength(32);
      secrets.add(secret);
    }
    expect(secrets.size).toBe(RING_NAMES.length);
  });

  it("ends with the same secrets where many begin at once", async () => {
    const all = await Promise.all(
      Array.from({ length: 10 }, () => ensureSecrets(path, { nowMs, warn })),
    );
    for (const secrets of all) expect(reveal(secrets)).toEqual(reveal(all[0] ?? null));
  });

  it("closes a file that was open to others, and says so", async () => {
    await ensureSecrets(path, { nowMs, warn });
    await chmod(path, 0o644);
    await ensureSecrets(path, { nowMs, warn });
    expect(await modeOf(path)).toBe(0o600);
    expect(warnings).toEqual([expect.stringContaining("mode 0600")]);
  });

  it.each(["", "{", '{"version":1,"secretKey":"hunter2"}', '"hunter2"'])(
    "refuses the damaged file %j and does not replace it",
    async (text) => {
      await writePrivateFile(path, text);
      const error = await ensureSecrets(path, { nowMs, warn }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "CONFIG_INVALID", exitCode: 3 });
      expect(inspect(error, { depth: 9 })).not.toContain("hunter2");
      expect(await readFile(path, "utf8")).toBe(text);
    },
  );

  it("refuses a file of a newer mizan and leaves it alone", async () => {
    await writePrivateFile(path, '{"version":2}');
    await expect(ensureSecrets(path, { nowMs, warn })).rejects.toMatchObject({
      code: "STATE_NEWER",
      exitCode: 5,
    });
    expect(await readFile(path, "utf8")).toBe('{"version":2}');
  });

  it("never shows a secret, however it is printed", async () => {
    const secrets = await ensureSecrets(path, { nowMs, warn });
    const printed = inspect(secrets, { depth: 9 }) + JSON.stringify(secrets);
    expect(printed).not.toContain(secrets.secretKey.reveal());
    for (const name of RING_NAMES) {
      expect(printed).not.toContain(getSigningKey(secrets.rings[name]).secret.reveal());
    }
  });
});

describe("readSecrets", () => {
  it("gives null where there are none, and makes none", async () => {
    expect(await readSecrets(path, warn)).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("writePrivateFile", () => {
  it("replaces a file that others could read by one that they cannot", async () => {
    await writeFile(join(folder, "open"), "old", { mode: 0o666 });
    await writePrivateFile(join(folder, "open"), "new");
    expect(await modeOf(join(folder, "open"))).toBe(0o600);
    expect(await readFile(join(folder, "open"), "utf8")).toBe("new");
  });
});
