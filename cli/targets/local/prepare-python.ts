/** Chooses the interpreter of a release and makes its virtual environment. */

import { join } from "node:path";
import { chooseInterpreter } from "../../build/python/choose-interpreter.ts";
import { findInterpreters, type Interpreter } from "../../build/python/find-interpreters.ts";
import { createFolderSource } from "../../build/python/project-dependencies.ts";
import {
  ensurePythonEnvironment,
  hasPythonEnvironment,
  type PythonEnvironment,
  type PythonEnvironmentOptions,
} from "../../build/python/python-environment.ts";
import { readDjangoRequirement } from "../../build/python/read-django-requirement.ts";
import { getServerRequirements } from "../../build/python/server-packages.ts";
import type { StepHandle } from "../../context.ts";
import type { Facts } from "../../inspect/facts.ts";
import type { Backend } from "../../inspect/inspect-static.ts";
import type { LocalSession } from "./local-session.ts";
import { releaseFolder } from "./local-session.ts";

/** The project whose Python it is. */
export interface PythonProject {
  readonly facts: Facts;
  readonly backend: Backend;
  /** Absolute folder of the project, or of the release's copy of it. */
  readonly sourceFolder: string;
}

export interface PythonOptions extends PythonProject {
  readonly release: string;
  readonly signal: AbortSignal;
  readonly step: StepHandle;
}

/** @throws {MizanError} PYTHON_MISSING, TOOL_MISSING, BUILD_FAILED, DISK_FULL. */
export async function preparePython(
  session: LocalSession,
  options: PythonOptions,
): Promise<PythonEnvironment> {
  const { step } = options;
  const layerFolder = join(releaseFolder(session, options.release), "layer");
  const wanted = await describeEnvironment(session, options, layerFolder);
  const environment = await ensurePythonEnvironment({
    ...wanted,
    logFile: join(session.paths.logs, "python.log"),
    signal: options.signal,
    onProgress: step.progress,
  });
  if (environment.isNew) step.note(`Python ${wanted.interpreter.version}`);
  else step.skip(`unchanged, Python ${wanted.interpreter.version}`);
  return environment;
}

/** The interpreter of an environment that a deploy has made; null: none for this lock. */
export async function findPython(
  session: LocalSession,
  project: PythonProject,
): Promise<string | null> {
  const layerFolder = join(session.paths.folder, "inspect", "layer");
  const wanted = await describeEnvironment(session, project, layerFolder);
  return hasPythonEnvironment(wanted) ? (await ensurePythonEnvironment(wanted)).pythonPath : null;
}

async function describeEnvironment(
  session: LocalSession,
  project: PythonProject,
  layerFolder: string,
): Promise<PythonEnvironmentOptions> {
  const { context, paths } = session;
  const { backend, facts, sourceFolder } = project;
  const toolsFolder = join(paths.mizanFolder, "tools");
  const interpreters = await findInterpreters({
    environment: context.env,
    cacheFile: join(toolsFolder, "interpreters.json"),
  });
  return {
    sourceFolder,
    backendRoot: backend.root,
    packageManager: facts["backend.packageManager"]?.value ?? "requirements",
    dependencyFiles: facts["backend.dependencyFiles"]?.value ?? [],
    interpreter: choose(session, project, interpreters),
    interpreters,
    serverRequirements: getServerRequirements(facts["backend.interface"]?.value ?? "wsgi"),
    venvsFolder: join(paths.mizanFolder, "venv"),
    toolsFolder,
    layerFolder,
    environment: context.env,
  };
}

function choose(
  session: LocalSession,
  options: PythonProject,
  interpreters: readonly Interpreter[],
): Interpreter {
  const files = options.facts["backend.dependencyFiles"]?.value ?? [];
  const { interpreter, findings } = chooseInterpreter({
    interpreters: narrow(interpreters, session.loaded.config.python),
    wanted: options.facts["backend.python"],
    django: readDjangoRequirement(createFolderSource(options.sourceFolder), files),
  });
  for (const finding of findings) session.context.out.warn(finding.message);
  return interpreter;
}

/** `python` of the config: an absolute path or a program's name; none that fits is the error's matter. */
function narrow(
  interpreters: readonly Interpreter[],
  wanted: string | undefined,
): readonly Interpreter[] {
  if (wanted === undefined) return interpreters;
  return interpreters.filter(({ path }) => path === wanted || path.endsWith(`/${wanted}`));
}
