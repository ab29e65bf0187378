/** Reads the scripts of a package.json: what a script runs in the end. */

/** `npm run x`, `pnpm x`, `yarn run x`, `bun run x`; `run-s` and `npm-run-all` name several. */
const CALL = /\b(?:(?:npm|bun) run|(?:pnpm|yarn)(?: run)?|run-[sp]|npm-run-all)((?:\s+[\w:.-]+)+)/g;
/** Scripts that call each other deeper than this, or in a circle, are not worth reading. */
const MAX_CALLS_DEEP = 3;
/** Nobody's script calls more; each call could call as many again. */
const MAX_CALLS = 100;
/** Longer than any command that a person writes, and than what becomes of it. */
const MAX_SCRIPT_LENGTH = 10_000;

/** @returns the script with those that it calls, each in its place; empty if there is no such script. */
export function expandScript(scripts: Readonly<Record<string, string>>, name: string): string {
  const budget = { callsLeft: MAX_CALLS };
  return expand(scripts, name, 0, budget).slice(0, MAX_SCRIPT_LENGTH);
}

function expand(
  scripts: Readonly<Record<string, string>>,
  name: string,
  depth: number,
  budget: { callsLeft: number },
): string {
  // Own names only: `yarn constructor` calls no script.
  const has = (word: string) => Object.hasOwn(scripts, word);
  const script = has(name) ? (scripts[name] ?? "").slice(0, MAX_SCRIPT_LENGTH) : "";
  if (depth === MAX_CALLS_DEEP) return script;
  return script.replace(CALL, (call: string, words: string) => {
    const called = words.trim().split(/\s+/).filter(has);
    if (called.length === 0 || budget.callsLeft < called.length) return call;
    budget.callsLeft -= called.length;
    return called.map((word) => expand(scripts, word, depth + 1, budget)).join(" && ");
  });
}
