import { readFile, stat } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  edgeKeysFile,
  listKids,
  readEdgeSecrets,
  revealSigningKey,
  writeKeyFiles,
} from "../../../../../../cli/targets/local/mizan/edge-secrets.ts";
import { buildKid } from "../../../../../../cli/targets/local/variables/key-ring.ts";
import { ensureSecrets } from "../../../../../../cli/targets/local/variables/secrets-file.ts";
import { mizanSecretsFile } from "../../../../../../cli/targets/local/write-overlay.ts";
import { openTestSession, type TestSession } from "../test-session.ts";
import { writeFakeRelease } from "./fake-release.ts";

let test: TestSession;
beforeEach(async () => {
  test = await openTestSession();
});
afterEach(() => test.remove());

const ensure = () =>
  ensureSecrets(test.session.paths.secrets, { nowMs: Date.now(), warn: () => undefined });

describe("what the Edge and the runtime are given", () => {
  it("are the same Edge ring, in files that nobody else can read", async () => {
    const secrets = await ensure();
    await writeKeyFiles(test.session, secrets);
    await writeFakeRelease(test.session, "r1", { revs: { catalog: 0 } });
    const file = edgeKeysFile(test.session);
    const ring = JSON.parse(await readFile(file, "utf8"));
    const given = await readEdgeSecrets(test.session, "r1");
    expect(ring).toMatchObject(given?.edge ?? []);
    for (const path of [file, mizanSecretsFile(test.session)]) {
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
  });

  it("verifies tokens with what the app signs them with", async () => {
    const { rings } = await ensure();
    await writeFakeRelease(test.session, "own", { revs: {} });
    await writeFakeRelease(test.session, "theirs", {
      revs: {},
      variables: { TOKEN_KEY: "of-the-user" },
      mwt: { kind: "variable", name: "TOKEN_KEY" },
    });
    await writeFakeRelease(test.session, "unknown", { revs: {}, mwt: { kind: "unknown" } });
    const read = async (release: string) => (await readEdgeSecrets(test.session, release))?.mwt;
    expect(await read("own")).toMatchObject([{ secret: revealSigningKey(rings.mwt) }]);
    expect(await read("theirs")).toEqual([
      { kid: buildKid("of-the-user"), state: "sign", secret: "of-the-user" },
    ]);
    expect(await read("unknown")).toEqual([]);
  });

  it("are nothing for a release without a manifest", async () => {
    await writeFakeRelease(test.session, "r1", { revs: null });
    expect(await readEdgeSecrets(test.session, "r1")).toBeNull();
  });

  it("go into the record by the names of their live keys alone", () => {
    const key = { kid: "a", state: "sign", secret: "s3cret" } as const;
    const retired = { kid: "b", state: "retired", secret: "s3cret" } as const;
    const kids = listKids({ edge: [key, retired], cache: [key], mwt: [] });
    expect(kids).toEqual({ edge: ["a"], cache: ["a"], mwt: [] });
  });
});
