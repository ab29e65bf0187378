/** Static `inspect` of a generated repository with 10,000 files, and of every fixture. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspectStatic } from "../../cli/inspect/inspect-static.ts";
import { readInspectCases } from "../helpers/inspect-fixtures.ts";
import { builtBin } from "../helpers/run-mizan.ts";
import { type Figure, medianOf, millisecondsFigure, secondsFigure } from "./figure.ts";

const FILES = 10_000;
const RUNS = 7;

export function benchInspect(): readonly Figure[] {
  const root = mkdtempSync(join(tmpdir(), "mz-inspect-"));
  try {
    generateRepo(root);
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const startedAtMs = performance.now();
      const args = [builtBin, "inspect", "--static", "--json", "--cwd", root];
      execFileSync(process.execPath, args, { stdio: "ignore" });
      times.push(performance.now() - startedAtMs);
    }
    const name = `inspect --static of ${FILES.toLocaleString("en")} files, whole command`;
    return [secondsFigure(name, medianOf(times), 0.3), measureSlowestFixture()];
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The inspection itself: starting the program has a figure of its own. */
function measureSlowestFixture(): Figure {
  // Those whose error is their point end early, and would only make it look fast.
  const cases = readInspectCases().filter(({ error }) => error === undefined);
  const measured = cases.map(({ name, folder, overrides }) => {
    const times = Array.from({ length: RUNS }, () => {
      const startedAtMs = performance.now();
      inspectStatic(folder, overrides);
      return performance.now() - startedAtMs;
    });
    return { name, ms: medianOf(times) };
  });
  const slowest = measured.reduce((worst, each) => (each.ms > worst.ms ? each : worst));
  const name = `inspectStatic of the slowest of ${cases.length} fixtures (${slowest.name})`;
  return millisecondsFigure(name, slowest.ms, 100);
}

/** A monorepo: Django in backend/, Vite React in frontend/, and many files of code and content. */
function generateRepo(root: string): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const settings = "config.settings";
  write(
    "backend/manage.py",
    `import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\n`,
  );
  write("backend/config/__init__.py", "");
  write(
    "backend/config/settings.py",
    'INSTALLED_APPS = []\nWSGI_APPLICATION = "config.wsgi.application"\n',
  );
  write(
    "backend/config/wsgi.py",
    `import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\n`,
  );
  write("backend/requirements.txt", "Django==5.2.19\n");
  write(
    "frontend/package.json",
    JSON.stringify({
      dependencies: { react: "19" },
      devDependencies: { vite: "8" },
      scripts: { build: "vite build" },
    }),
  );
  write("frontend/package-lock.json", "{}");
  write(".gitignore", "node_modules/\n*.log\n");
  for (let index = 0; index < FILES; index += 1) {
    const area = index % 2 === 0 ? "backend/shop" : "frontend/src";
    const ending = index % 2 === 0 ? "py" : "tsx";
    write(`${area}/part${index % 100}/module${index}.${ending}`, `// ${index}\n`);
  }
}
