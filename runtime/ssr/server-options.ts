/** Reads the server's options from its environment. */

import { SSR_DEFAULT, SSR_ENV } from "./contract.ts";

export interface ServerOptions {
  readonly bind: Bind;
  /** Absolute. */
  readonly entry: string;
  readonly renderers: number;
  /** Of each renderer. */
  readonly memoryBytes: number;
}

export type Bind = { readonly unix: string } | { readonly hostname: string; readonly port: number };

/** @throws {Error} that names the variable */
export function parseServerOptions(
  env: Readonly<Record<string, string | undefined>>,
): ServerOptions {
  return {
    bind: parseBind(readRequired(env, SSR_ENV.bind)),
    entry: readRequired(env, SSR_ENV.entry),
    renderers: parseCount(env, SSR_ENV.renderers, SSR_DEFAULT.renderers),
    memoryBytes: parseCount(env, SSR_ENV.memoryBytes, SSR_DEFAULT.memoryBytes),
  };
}

function parseBind(text: string): Bind {
  const unix = /^unix:(\/.+)$/.exec(text)?.[1];
  if (unix !== undefined) return { unix };
  const [, hostname, port] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (hostname === undefined) throw new Error(`${SSR_ENV.bind} is not unix:/path or host:port`);
  return { hostname, port: Number(port) };
}

function readRequired(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}

function parseCount(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: number,
): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${name} is not a whole number`);
  return count;
}
