/** The environment that build tools run in: the user's own, less what would bend a build. */

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Names that an activated virtual environment, a Python or Node debugging session or our own flags
 * leave in a shell: with them a build would differ from the same build in a fresh shell.
 */
const DROPPED = [
  "VIRTUAL_ENV",
  "VIRTUAL_ENV_PROMPT",
  "CONDA_PREFIX",
  "PYTHONPATH",
  "PYTHONHOME",
  "PYTHONSTARTUP",
  "PYTHONDONTWRITEBYTECODE",
  "PYTHONOPTIMIZE",
  "UV_PROJECT",
  "UV_PROJECT_ENVIRONMENT",
  "UV_PYTHON",
  "UV_SYSTEM_PYTHON",
  "DJANGO_SETTINGS_MODULE",
  "NODE_ENV",
  "NODE_OPTIONS",
  "NODE_PATH",
  "INIT_CWD",
] as const;
/** npm gives these to scripts (`npm run demo`); an inner npm would take them for its own settings. */
const DROPPED_PREFIXES = ["npm_", "MIZAN_"] as const;

/**
 * @param user the process environment (`context.env`).
 * @param additions win over it; undefined removes a name.
 */
export function buildToolEnvironment(user: Environment, additions: Environment = {}): Environment {
  const dropped = new Set<string>(DROPPED);
  const kept = Object.entries(user).filter(
    ([name]) => !dropped.has(name) && !DROPPED_PREFIXES.some((prefix) => name.startsWith(prefix)),
  );
  return { ...Object.fromEntries(kept), ...additions };
}

/**
 * Environment for uv: no downloads of interpreters, copies instead of hard links into uv's cache
 * (an edit in another environment of the user's must not reach a live release), and pip's own
 * index settings where uv has none, since a machine behind a mirror often has only those.
 */
export function buildUvEnvironment(user: Environment, additions: Environment = {}): Environment {
  return buildToolEnvironment(user, {
    UV_DEFAULT_INDEX: user["UV_DEFAULT_INDEX"] ?? user["UV_INDEX_URL"] ?? user["PIP_INDEX_URL"],
    UV_EXTRA_INDEX_URL: user["UV_EXTRA_INDEX_URL"] ?? user["PIP_EXTRA_INDEX_URL"],
    UV_FIND_LINKS: user["UV_FIND_LINKS"] ?? user["PIP_FIND_LINKS"],
    UV_PYTHON_DOWNLOADS: "never",
    UV_LINK_MODE: "copy",
    UV_NO_PROGRESS: "1",
    NO_COLOR: "1",
    ...additions,
  });
}

/**
 * A copied tree has no .git: packages of the project that take their version from it get this one.
 * Only for builds of those, since a third-party package would take the version too.
 */
export function buildLocalVersionVariables(user: Environment): Readonly<Record<string, string>> {
  return {
    // setuptools-scm and hatch-vcs; pdm-backend; poetry-dynamic-versioning.
    SETUPTOOLS_SCM_PRETEND_VERSION: user["SETUPTOOLS_SCM_PRETEND_VERSION"] ?? "0.0.0",
    PDM_BUILD_SCM_VERSION: user["PDM_BUILD_SCM_VERSION"] ?? "0.0.0",
    POETRY_DYNAMIC_VERSIONING_BYPASS: user["POETRY_DYNAMIC_VERSIONING_BYPASS"] ?? "0.0.0",
  };
}
