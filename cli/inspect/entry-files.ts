/** Finds wsgi.py and asgi.py of the backend, or the packages `wsgi/` and `asgi/`. */

import type { ProjectFiles } from "./facts.ts";
import { fileNameOf, isInNonAppFolder, pathBelow, pathsNamed } from "./project-paths.ts";

/**
 * The backend's entry file: the one in `package_` if that has one, else the shallowest.
 * @param package_ First part of the settings module, e.g. `config`.
 */
export function findEntryFile(
  files: ProjectFiles,
  backendRoot: string,
  fileName: "wsgi.py" | "asgi.py",
  package_: string | undefined,
): string | null {
  const packageFile = fileName.replace(/\.py$/, "/__init__.py");
  const paths = pathsNamed(files, /^(?:[aw]sgi|__init__)\.py$/, backendRoot)
    .filter((path) => fileNameOf(path) === fileName || `/${path}`.endsWith(`/${packageFile}`))
    .filter((path) => !isInNonAppFolder(path, backendRoot))
    .filter((path) => /\bapplication\b/.test(files.read(path) ?? ""));
  const own = paths.find((path) =>
    pathBelow(path, backendRoot)
      .split("/")
      .slice(0, -1)
      .includes(package_ ?? ""),
  );
  return own ?? paths[0] ?? null;
}
