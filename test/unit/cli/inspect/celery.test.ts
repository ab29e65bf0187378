import { expect, test } from "vitest";
import { buildFact } from "../../../../cli/inspect/build-fact.ts";
import { celeryDetector } from "../../../../cli/inspect/detectors/celery.ts";
import type { Facts, ProjectFiles } from "../../../../cli/inspect/facts.ts";

const APP = 'from celery import Celery\n\napp = Celery("shop")\n';
const KNOWN: Facts = {
  "backend.root": buildFact("backend.root", "backend", "backend/manage.py", "certain"),
  "backend.settingsModule": buildFact("backend.settingsModule", "shop.settings", "x", "certain"),
  "backend.dependencyFiles": buildFact(
    "backend.dependencyFiles",
    ["backend/requirements.txt"],
    "x",
    "certain",
  ),
};

function detect(texts: Readonly<Record<string, string>>) {
  const all = { "backend/requirements.txt": "celery\n", "backend/shop/settings.py": "", ...texts };
  const files: ProjectFiles = {
    root: "/app",
    paths: Object.keys(all).sort(),
    has: (path) => path in all,
    read: (path) => (all as Readonly<Record<string, string>>)[path] ?? null,
  };
  const fact = celeryDetector.detect(files, KNOWN).facts["backend.celery"];
  return [fact?.value?.app ?? null, fact?.value?.beat ?? null, fact?.from];
}

test("a script of an image says where the app is, and that beat runs", () => {
  const found = detect({
    "backend/jobs/main.py": APP,
    "compose/beat/start": "#!/bin/bash\nexec celery -A jobs.main beat\n",
  });
  expect(found).toEqual(["jobs.main:app", true, "backend/jobs/main.py:3"]);
});

test("the worker of another project in the same compose file is not this app's", () => {
  const found = detect({
    "backend/shop/background.py": APP,
    "docker-compose.yml": "services:\n  other:\n    command: celery -A billing beat\n",
  });
  expect(found).toEqual(["shop.background:app", false, "backend/shop/background.py:3"]);
});

test("a command that is commented out says nothing", () => {
  const found = detect({
    "backend/shop/celery.py": APP,
    "docker-compose.yml": "services:\n  # command: celery -A shop beat\n  web: {}\n",
  });
  expect(found).toEqual(["shop.celery:app", false, "backend/shop/celery.py:3"]);
});
