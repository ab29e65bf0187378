import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { explainFact } from "../../../../cli/inspect/explain-fact.ts";
import type { FactKey } from "../../../../cli/inspect/facts.ts";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";
import { maskCommand } from "../../../../cli/inspect/mask-command.ts";
import { renderExplanation } from "../../../../cli/inspect/render-explanation.ts";
import { renderInspection } from "../../../../cli/inspect/render-inspection.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";

/** In every value below that somebody could mean to be a secret. */
const CANARY = "canary4f19secret";

const MANAGE = `import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "${CANARY}")
`;
const SETTINGS = `import os
import dj_database_url
SECRET_KEY = "${CANARY}"
if os.environ.get("STAGE") == "${CANARY}":
    from .settings_production import *
else:
    from .settings_local import *
DATABASES = {"default": dj_database_url.parse("postgres://app:${CANARY}@db.example.com/app")}
ROOT_URLCONF = "config.urls"
EMAIL_HOST_PASSWORD = "${CANARY}"
CHANNEL_LAYERS = {"default": {"CONFIG": {"hosts": ["redis://:${CANARY}@cache:6379"]}}}
`;
const FILES: Readonly<Record<string, string>> = {
  "manage.py": MANAGE,
  "config/settings.py": SETTINGS,
  "config/settings_production.py": `TOKEN = "${CANARY}"\n`,
  "config/celery.py": `from celery import Celery\napp = Celery("x", broker="amqp://u:${CANARY}@mq")\n`,
  ".env": `SECRET_KEY=${CANARY}\nDATABASE_URL=postgres://app:${CANARY}@db/app\n`,
  ".env.production": `SECRET_KEY=${CANARY}\n`,
  "requirements.txt": `--extra-index-url https://user:${CANARY}@pypi.example.com/simple\nDjango==5.2.19\ncelery\ngit+https://${CANARY}@git.example.com/acme/mails.git\n`,
  "requirements-dev.txt": `git+https://${CANARY}@git.example.com\n`,
  Procfile: [
    `web: SECRET_KEY=${CANARY} STAGE=production gunicorn config.wsgi`,
    `worker: celery -A config worker --broker redis://:${CANARY}@cache:6379/0`,
    `flower: celery -A config flower --basic-auth=admin:${CANARY} --password "${CANARY} two"`,
    `release: API_TOKEN='${CANARY} x' python manage.py migrate`,
  ].join("\n"),
  "docker-compose.yml": `services:\n  web:\n    environment:\n      SECRET_KEY: ${CANARY}\n`,
  Dockerfile: `FROM python\nENV SECRET_KEY=${CANARY}\n`,
  "package.json": JSON.stringify({
    name: "ui",
    scripts: { build: `API_TOKEN=${CANARY} vite build --outDir out` },
    devDependencies: { vite: "7.0.0", react: "19.0.0" },
  }),
  "vite.config.js": `export default { define: { KEY: "${CANARY}" } };\n`,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-in-"));
  for (const [path, text] of Object.entries(FILES)) write(path, text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe("no output of static inspection holds a secret", () => {
  test("not the facts, the findings, the summary, nor what --why says of each fact", () => {
    const inspection = inspectStatic(folder);
    const explanations = Object.keys(inspection.facts).map((key) =>
      explainFact(inspection, key as FactKey),
    );
    const shown = [
      JSON.stringify(inspection),
      ...renderInspection(inspection),
      ...explanations.map((explanation) => JSON.stringify(explanation)),
      ...explanations.flatMap((explanation) => renderExplanation(explanation)),
    ].join("\n");
    expect(shown).not.toContain(CANARY);
    // What holds them was found all the same.
    expect(inspection.facts.processes?.value["web"]).toBe(
      "SECRET_KEY=••• STAGE=production gunicorn config.wsgi",
    );
    expect(inspection.facts["backend.database"]?.value).toBe("postgresql");
    expect(inspection.facts["backend.celery"]?.value?.app).toBe("config.celery:app");
    expect(inspection.facts.frontends?.value[0]?.output).toBe("out");
    expect(inspection.findings.map(({ code }) => code)).toContain("SETTINGS_BY_VARIABLE");
  });

  test.each([
    ["package.json", `{"scripts": {"build": ${CANARY}}}`],
    ["package.json", `{"name": 5, "scripts": "${CANARY}"}`],
    ["Pipfile.lock", `{"_meta": {"sources": [{"url": "https://u:${CANARY}@x" "name"}]}}`],
    ["pyproject.toml", `[project]\nname = "${CANARY}\n`],
    ["pyproject.toml", `[project]\nrequires-python = ["${CANARY}"]\n`],
  ])("not the error about a broken %s (%#)", (path, text) => {
    write(path, text);
    const error = catchError(() => inspectStatic(folder));
    expect(error.code).toBe("APP_INVALID");
    expect(error.message).toContain(path);
    expect(inspect(error, { depth: 9 })).not.toContain(CANARY);
  });
});

describe("maskCommand", () => {
  test.each([
    ["gunicorn config.wsgi --bind 0.0.0.0:8000", "gunicorn config.wsgi --bind 0.0.0.0:8000"],
    [
      "DJANGO_SETTINGS_MODULE=config.settings.production celery -A config worker -l info",
      "DJANGO_SETTINGS_MODULE=config.settings.production celery -A config worker -l info",
    ],
    ["env A_TOKEN=x7 run", "env A_TOKEN=••• run"],
    ["run --api-key x7 --fast", "run --api-key ••• --fast"],
    ["run --secret --fast", "run --secret --fast"],
    ["run redis://u:x7@host/0", "run redis://•••@host/0"],
    ["X=aVeryLong0Random1Text2 run", "X=••• run"],
  ])("%s", (command, masked) => {
    expect(maskCommand(command)).toBe(masked);
  });
});

function catchError(run: () => unknown): MizanError {
  try {
    run();
  } catch (error) {
    if (error instanceof MizanError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
