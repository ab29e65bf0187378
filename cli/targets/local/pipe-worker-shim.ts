/** The `bun` that a release's processes find first: the framework's SSR worker becomes our pipe worker. */

import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RUNTIME_ENV } from "../../../runtime/origin/contract.ts";

interface PipeWorkerShim {
  /** Absolute interpreter of the release's virtual environment. */
  readonly pythonPath: string;
  /** Absolute folder that holds the `mizan_runtime` package of this release. */
  readonly runtimeFolder: string;
}

/**
 * Isolated and without site-packages: it starts quickly, and no module of the app's working folder
 * stands in for one of Python's.
 */
const START =
  "import sys; sys.path.append(sys.argv[1]); from mizan_runtime.ssr.run import main; sys.exit(main())";

/**
 * A POSIX shell script: `bun run <worker of the settings>` is the pipe worker, anything else the `bun`
 * that comes after it on PATH. `-ef` is in every sh that Linux and macOS have.
 */
function buildPipeWorkerShim({ pythonPath, runtimeFolder }: PipeWorkerShim): string {
  const { ssrSocket, ssrWorker, appFolder } = RUNTIME_ENV;
  return `#!/bin/sh
# Written by mizan. Components are rendered by the release's SSR server, not by a Bun of each worker.
is_worker() {
  [ "$1" = "$${ssrWorker}" ] || [ "$1" -ef "$${ssrWorker}" ] ||
    [ "$1" = "$PWD/$${ssrWorker}" ] || [ "$1" = "$${appFolder}/$${ssrWorker}" ]
}
if [ "$1" = run ] && [ -n "$${ssrSocket}" ] && [ -n "$${ssrWorker}" ] && is_worker "$2"; then
  exec ${quote(pythonPath)} -I -S -c ${quote(START)} ${quote(runtimeFolder)}
fi
next=
old_ifs=$IFS
IFS=:
set -f
for folder in $PATH; do
  candidate=\${folder:-.}/bun
  if [ "$candidate" -ef "$0" ]; then
    next=
  elif [ -z "$next" ] && [ -f "$candidate" ] && [ -x "$candidate" ]; then
    next=$candidate
  fi
done
set +f
IFS=$old_ifs
if [ -z "$next" ]; then
  echo "bun: not found" >&2
  exit 127
fi
exec "$next" "$@"
`;
}

/** @param options.folder comes first on the PATH of the release's origin; made if it is not there. */
export async function writePipeWorkerShim(
  options: PipeWorkerShim & { readonly folder: string },
): Promise<void> {
  const file = join(options.folder, "bun");
  await mkdir(options.folder, { recursive: true });
  await writeFile(file, buildPipeWorkerShim(options));
  await chmod(file, 0o755); // whatever the umask
}

/** For the shell, whatever the text. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
