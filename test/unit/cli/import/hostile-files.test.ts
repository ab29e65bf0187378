import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importConfig } from "../../../../cli/import/import-config.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mz-hos-"));
});
afterAll(() => rmSync(root, { recursive: true }));

function importText(file: string, content: string | Uint8Array) {
  writeFileSync(join(root, file), content);
  return importConfig(root, file);
}

/** Nine levels of nine aliases each: 9^9 entries once they are resolved. */
const BOMB = [
  "a0: &a0 [x]",
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`)}]`),
].join("\n");

const CANARY = "canary-7f3k";

describe("a file that cannot be imported is a typed error with its line", () => {
  it.each([
    ["ten megabytes", "fly.toml", `a = "${"x".repeat(10_000_000)}"`, null, /limit/],
    ["an alias bomb", "compose.yaml", BOMB, expect.any(Number), /20000 entries/],
    ["an alias of itself", "compose.yaml", "a: &a\n  b: *a\n", 2, /64 levels/],
    ["an alias to nothing", "compose.yaml", "a: *gone\n", expect.anything(), /./],
    ["deep brackets", "render.yaml", `a: ${"[".repeat(500)}${"]".repeat(500)}`, 1, /64 levels/],
    ["very deep brackets", "render.yaml", "[".repeat(20_000), 1, /nested too deeply/],
    ["very deep JSON", "railway.json", '{"a":'.repeat(20_000), 1, /nested too deeply/],
    ["very deep TOML", "fly.toml", `a = ${"[".repeat(20_000)}`, expect.any(Number), /valid TOML/],
    ["a key that stands twice", "compose.yaml", "services: {}\nservices: {}\n", 2, /duplicate key/],
    ["a TOML key that stands twice", "fly.toml", 'app = "a"\n\napp = "b"\n', 3, /valid TOML/],
    ["a half-written table", "fly.toml", '[env]\nA = "b\n', 2, /valid TOML/],
    ["half-written JSON", "railway.json", '{\n  "build": {\n', expect.any(Number), /valid/],
    [
      "half-written YAML",
      "render.yaml",
      'services:\n  - name: "shop\n',
      expect.any(Number),
      /valid/,
    ],
    ["two documents", "render.yaml", "a: 1\n---\nb: 2\n", expect.any(Number), /multiple docs/],
    ["a map as a key", "compose.yaml", "? {a: b}\n: c\n", 1, /plain word/],
    ["a list at the top", "render.yaml", "- a\n- b\n", 1, /table of keys/],
    ["nothing", "render.yaml", "# only this\n", 1, /empty/],
    ["bytes that are no text", "fly.toml", new Uint8Array([0xff, 0xfe, 0x41, 0x00]), null, /UTF-8/],
    ["zero bytes", "Procfile", "web: a\0b\n", null, /not text/],
  ])("%s", (_title, file, content, line, problem) => {
    expect(() => importText(file, content)).toThrow(
      expect.objectContaining({
        code: "APP_INVALID",
        exitCode: 3,
        message: expect.stringMatching(problem),
        hint: expect.stringContaining(file),
        details: expect.objectContaining({ file, line }),
      }),
    );
  });

  it("whose message never quotes the file", () => {
    const broken: readonly (readonly [string, string])[] = [
      ["fly.toml", `[env]\nSECRET = "${CANARY}\n`],
      ["fly.toml", `[env]\n${CANARY} ${CANARY}\n`],
      ["railway.json", `{"deploy": {"startCommand": ${CANARY} ${CANARY}`],
      ["compose.yaml", `a: "b" ${CANARY}\n`],
      ["compose.yaml", `${CANARY}: 1\n${CANARY}: 2\n`],
      ["render.yaml", `a: 'b\n  ${CANARY}\nc: ]\n`],
    ];
    for (const [file, content] of broken) {
      const error = catchError(() => importText(file, content));
      expect(`${error.message} ${error.hint} ${JSON.stringify(error.details)}`).not.toContain(
        CANARY,
      );
    }
  });
});

function catchError(run: () => unknown): Error & { hint?: string; details?: unknown } {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}

describe("values that are or may be secrets are nowhere in the result", () => {
  it.each([
    ["fly.toml", `[env]\nSTRIPE_KEY="${CANARY}"\nMAIL_URL="smtp://u:${CANARY}@mail"\n`],
    ["fly.toml", `[processes]\nweb="DB_PASSWORD=${CANARY} gunicorn a.wsgi"\n`],
    ["fly.toml", `[processes]\nweb="gunicorn a.wsgi --token ${CANARY}"\n`],
    [
      "fly.toml",
      `[checks.a.headers]\nAuthorization="${CANARY}"\n[[files]]\nraw_value="${CANARY}"\n`,
    ],
    ["railway.json", `{"deploy":{"registryCredentials":{"password":"${CANARY}"}}}`],
    ["railway.json", `{"deploy":{"startCommand":"celery -A a -b redis://:${CANARY}@h worker"}}`],
    ["render.yaml", `services:\n- envVars:\n  - key: API_TOKEN\n    value: ${CANARY}\n`],
    [
      "compose.yaml",
      `services:\n  web:\n    build: .\n    environment:\n    - PASSWORD=${CANARY}\n`,
    ],
    [
      "compose.yaml",
      `services:\n  db:\n    image: postgres\n    environment:\n      A: ${CANARY}\n`,
    ],
    ["compose.yaml", `secrets:\n  a:\n    content: ${CANARY}\nx-a: ${CANARY}\n`],
    ["compose.yaml", `services:\n  web:\n    build:\n      args:\n        A: ${CANARY}\n`],
    ["shop.manifest.yml", `type: Backend Service\nvariables:\n  DSN: ${CANARY}\n`],
    ["Procfile.old", `web: gunicorn a.wsgi --secret-key=${CANARY}\n`],
  ])("%s %#", (file, content) => {
    expect(JSON.stringify(importText(file, content))).not.toContain(CANARY);
  });
});

it("resolves merges: what stands at the anchor counts where it is merged", () => {
  const { variables, files } = importText(
    "compose.yaml",
    `x-env: &env
  environment: { LOG_LEVEL: info, MODE: a }
services:
  web:
    <<: *env
    build: .
  worker:
    build: .
    environment: { MODE: b }
    <<: [*env]
`,
  );
  expect(variables.map(({ name, value }) => `${name}=${value}`)).toEqual([
    "LOG_LEVEL=info",
    "MODE=b",
  ]);
  const keys = files[0]?.keys.map(({ key, line }) => `${line} ${key}`);
  expect(keys).toContain("2 services.web.environment.LOG_LEVEL");
  expect(keys).toContain("9 services.worker.environment.MODE");
});

it("reads a file with a byte order mark and Windows line ends", () => {
  const { facts, files } = importText(
    "fly.toml",
    '\uFEFF[env]\r\nDJANGO_SETTINGS_MODULE = "a.prod"\r\n# end\r\n',
  );
  expect(facts["backend.settingsModule"]).toEqual({ value: "a.prod", from: "fly.toml:2" });
  expect(files[0]?.keys.map(({ line }) => line)).toEqual([1, 2]);
});
