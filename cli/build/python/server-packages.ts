/** Adds the packages that serve the app where the project does not lock them itself. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as uv from "../../tools/uv.ts";
import { getVenvPython, type InstallContext, runUv } from "./install-dependencies.ts";
import { joinLines } from "./requirement-file.ts";

/**
 * What both interfaces need: gunicorn manages the processes, uvicorn's worker class speaks ASGI.
 * Ranges, since the newest of each does not run on every Python that Django supports; the upper
 * ends are the majors that `mizan_runtime` was tried with.
 */
const WSGI_REQUIREMENTS = ["gunicorn>=22,<28"] as const;
const ASGI_REQUIREMENTS = [
  ...WSGI_REQUIREMENTS,
  "uvicorn>=0.30,<1",
  "uvicorn-worker>=0.2,<1",
  "websockets>=12,<18",
] as const;

/** Requirements for `python -m mizan_runtime serve` with that interface. */
export function getServerRequirements(serverInterface: "wsgi" | "asgi"): readonly string[] {
  return serverInterface === "wsgi" ? WSGI_REQUIREMENTS : ASGI_REQUIREMENTS;
}

/** Name of a requirement in the form that indexes compare by (PEP 503). */
export function normalizeName(requirement: string): string {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(requirement)?.[0] ?? "";
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** @returns the requirements whose package is not in the environment. */
export function findMissing(
  requirements: readonly string[],
  frozen: readonly string[],
): readonly string[] {
  const installed = new Set(frozen.map(normalizeName));
  return requirements.filter((requirement) => !installed.has(normalizeName(requirement)));
}

/** Installs what is missing; whatever the project has keeps its version. */
export async function installServerPackages(
  context: InstallContext,
  requirements: readonly string[],
): Promise<void> {
  const python = getVenvPython(context.venvFolder);
  const frozen = joinLines(await runUv(context, uv.buildFreezeCommand(context.uv, python)));
  const missing = findMissing(requirements, frozen);
  if (missing.length === 0) return;
  const scratch = mkdtempSync(join(tmpdir(), "mizan-req-"));
  try {
    const constraintFile = join(scratch, "constraints.txt");
    const pins = frozen.filter((line) => /^[\w.-]+===?\S+$/.test(line));
    writeFileSync(constraintFile, `${pins.join("\n")}\n`);
    await runUv(
      context,
      uv.buildPipInstallCommand({ uv: context.uv, python, constraintFile, packages: missing }),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
