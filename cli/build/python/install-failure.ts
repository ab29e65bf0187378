/** From an installer's last lines to the likely cause and the one next step. */

interface KnownCause {
  readonly pattern: RegExp;
  readonly hint: string;
}

/** From specific to general; the first that matches counts. Texts of uv 0.13, pip and compilers. */
const KNOWN_CAUSES: readonly KnownCause[] = [
  {
    pattern: /pg_config(?: executable)? not found|libpq-fe\.h/,
    hint: "psycopg is compiled here and needs PostgreSQL's headers: install libpq-dev and gcc, or use psycopg[binary]",
  },
  {
    pattern: /mysql_config|Can not find valid pkg-config name|mysqlclient.*pkg-config/i,
    hint: "mysqlclient is compiled here: install default-libmysqlclient-dev, pkg-config and gcc, or use PyMySQL",
  },
  {
    pattern: /Python\.h: No such file/,
    hint: "A package is compiled here and needs Python's headers: install python3-dev (or the one of this Python)",
  },
  {
    pattern:
      /(?:command '?(?:\S*gcc|\S*cc|clang)'? failed: No such file|unable to execute '?(?:\S*gcc|cc)|error: linker `cc` not found|No such file or directory: '(?:gcc|cc)')/,
    hint: "A package is compiled here and there is no compiler: install gcc (build-essential)",
  },
  {
    pattern: /fatal error: (\S+\.h): No such file/,
    hint: "A package is compiled here and a header is missing: install the -dev package of that library",
  },
  {
    pattern: /Hash mismatch/i,
    hint: "A downloaded file is not the one that the lock file names: write the lock file anew, or look at your package mirror",
  },
  {
    pattern: /pyproject\.toml changed significantly since poetry\.lock/,
    hint: "poetry.lock is older than pyproject.toml: run poetry lock",
  },
  {
    pattern: /lockfile .*needs to be updated|Failed to parse `?uv\.lock|Unable to find lockfile/i,
    hint: "uv.lock does not fit pyproject.toml: run uv lock",
  },
  {
    pattern: /Git sources cannot be editable/,
    hint: "uv does not install repositories as editable: take -e from the lines with git+ in the requirements",
  },
  {
    pattern: /Git operation failed|Git executable not found/,
    hint: "A package comes from a git repository that was not reached: look at its address, the network and your access to it",
  },
  {
    pattern:
      /dns error|Connection refused|Could not connect|error sending request|Failed to fetch|timed out|tunnel error/i,
    hint: "The package index was not reached: look at the network, the proxy variables and UV_DEFAULT_INDEX",
  },
  {
    pattern:
      /current Python version|requires-python|Requires-Python|no wheels? with a matching Python/i,
    hint: 'A package does not support this Python: set another one (.python-version, or facts: { "backend.python": "…" })',
  },
  {
    pattern: /No solution found|No matching distribution|not found in the package registry/,
    hint: "The requirements contradict each other or name a version that does not exist: see the lines above",
  },
];

/** @returns undefined when nothing is recognised. */
export function findInstallHint(output: string): string | undefined {
  return KNOWN_CAUSES.find(({ pattern }) => pattern.test(output))?.hint;
}

/** uv's last `cause:` line, else its last `error:` line. */
export function findInstallCause(output: string): string | undefined {
  const says = (word: string) => output.match(new RegExp(`^\\s*${word}: .*$`, "gm"))?.at(-1);
  return (says("cause") ?? says("error"))?.trim().replace(/^\w+: /, "");
}
