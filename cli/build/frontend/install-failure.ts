/** From a Node package manager's or bundler's last lines to the one next step. */

import type { NodePackageManager } from "../../inspect/facts.ts";

const RELOCK: Readonly<Record<NodePackageManager, string>> = {
  npm: "npm install",
  pnpm: "pnpm install",
  yarn: "yarn install",
  bun: "bun install",
};

/** @returns undefined when nothing is recognised. */
export function findFrontendHint(manager: NodePackageManager, output: string): string | undefined {
  if (
    /`npm ci` can only install|OUTDATED_LOCKFILE|lockfile (?:would have been modified|needs to be updated|had changes)/i.test(
      output,
    )
  ) {
    return `The lock file does not fit package.json: run ${RELOCK[manager]} and ship the lock file`;
  }
  if (
    /Unsupported engine|EBADENGINE|The engine "node" is incompatible|requires Node\.js version|Vite requires Node/i.test(
      output,
    )
  ) {
    return "This Node is too old or too new for the frontend: install the version that package.json asks for (engines)";
  }
  const variable = findMissingVariable(output);
  if (variable !== undefined) {
    return `The build asks for ${variable}: set it in mizan.config (environments.local.env), or in the frontend's .env.production; what a build reads is public`;
  }
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|network request/i.test(output)) {
    return "The package index was not reached: look at the network, the proxy variables and .npmrc";
  }
  if (/\bE40[13]\b|Unauthorized|authentication/i.test(output)) {
    return "The package index refused: look at the token for it (.npmrc reads it from the environment)";
  }
  if (/heap out of memory|exit 137|\bKilled\b/.test(output)) {
    return "The build ran out of memory: give it more (NODE_OPTIONS=--max-old-space-size=4096 in the build script)";
  }
  if (
    /error TS\d+|Rollup failed to resolve|Could not resolve|Cannot find module|SyntaxError/.test(
      output,
    )
  ) {
    return "The code does not build: run the same script in your working tree and fix what it says";
  }
  return undefined;
}

/** A variable's name needs an underscore: `Missing environment variable: CI` could be any word. */
const MISSING_VARIABLE = [
  /(?:missing|required|undefined|unset|no)[^\n]{0,40}\b(?:env|environment|variables?)\b[^\n]{0,30}?\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/i,
  /\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b[^\n]{0,40}\b(?:is|was|must be)\s+(?:not\s+)?(?:set|defined|provided|missing|required|undefined|empty)\b/i,
];

/** The name in `Missing environment variable: VITE_API_URL`, `VITE_API_URL is not set` and their like. */
function findMissingVariable(output: string): string | undefined {
  const found = MISSING_VARIABLE.map((pattern) => pattern.exec(output)?.[1]);
  // The words may be written any way, a variable may not.
  return found.find((word) => word !== undefined && word === word.toUpperCase());
}

/** npm ends some errors with its whole usage, which pushes the cause out of sight. */
export function dropNpmUsage(output: string): string {
  return output.replace(
    /^npm error (?:Clean install a project|Usage:)[\s\S]*?^npm error Run "npm help.*\n?/m,
    "",
  );
}
