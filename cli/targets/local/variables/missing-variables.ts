/** Environment variables that the settings cannot do without and that nothing provides. Pure. */
import { MizanError } from "../../../../infra/contract/errors.ts";
import type { AskedVariable } from "../../../../runtime/origin/contract.ts";

/**
 * @param provided names that have a value, whoever gave it.
 * @throws {MizanError} VARIABLES_MISSING naming all of them, each with where it is asked for.
 */
export function assertNoneMissing(
  asked: readonly AskedVariable[],
  provided: ReadonlySet<string>,
): void {
  const missing = findMissing(asked, provided);
  if (missing.length === 0) return;
  const places = missing.map(({ name, at }) => (at === null ? name : `${name} (${at})`));
  const [first = { name: "NAME" }] = missing;
  const subject = missing.length === 1 ? "an environment variable" : "environment variables";
  throw new MizanError(
    "VARIABLES_MISSING",
    `The settings need ${subject} without a value: ${places.join(", ")}`,
    {
      hint:
        missing.length === 1
          ? `Add the line \`${first.name}=…\` to .env.`
          : `Add a line for each to .env: ${missing.map(({ name }) => `\`${name}=…\``).join(", ")}.`,
      details: { names: missing },
    },
  );
}

interface MissingVariable {
  readonly name: string;
  /** `config/settings.py:41`, or null where that is not known. */
  readonly at: string | null;
}

/** Sorted by name; a name that is asked for twice comes once, where it was asked for first. */
function findMissing(
  asked: readonly AskedVariable[],
  provided: ReadonlySet<string>,
): readonly MissingVariable[] {
  const missing = new Map<string, MissingVariable>();
  for (const { name, required, file, line } of asked) {
    if (!required || provided.has(name) || missing.has(name)) continue;
    const at = file === null || line === null ? file : `${file}:${line}`;
    missing.set(name, { name, at });
  }
  return [...missing.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
