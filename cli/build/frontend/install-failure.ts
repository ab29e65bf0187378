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

/** npm ends some errors with its whole usage, which pushes the cause out of sight. */
export function dropNpmUsage(output: string): string {
  return output.replace(
    /^npm error (?:Clean install a project|Usage:)[\s\S]*?^npm error Run "npm help.*\n?/m,
    "",
  );
}
