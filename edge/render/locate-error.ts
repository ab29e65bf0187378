/** Finds the line of the app's own source at which something was thrown, by the bundle's source maps. */

import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { RenderApp } from "./render-app.ts";

export type ErrorLocator = (error: unknown) => Promise<string | null>;

/** `at Name (file:///chunk-A1.mjs:12:7)` of V8 and Bun, `name@file:///chunk-A1.mjs:12:7` of JavaScriptCore. */
const FRAME = /([^\s()@/\\]+\.m?js):(\d+):(\d+)/;

/** Packages, what the deploy generated (`name:…`), and what lies outside of the project. */
const FOREIGN = /(^|\/)node_modules\/|^\.\.\/|^\/|^[\w-]+:/;

export interface StackFrame {
  /** File name without its folder. */
  readonly module: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/**
 * @returns a function from what was thrown to `frontend/src/product.tsx:12:7`, of the innermost frame in
 *   the app's own code; null: none, or not known. The maps are loaded and read at the first need.
 */
export function createErrorLocator(loadSourceMaps: RenderApp["loadSourceMaps"]): ErrorLocator {
  // Not the promise: in workerd it would end with the request that made it.
  let loaded: Readonly<Record<string, string>> | null = null;
  const traces = new Map<string, TraceMap | null>();

  function findTrace(maps: Readonly<Record<string, string>>, module: string): TraceMap | null {
    const known = traces.get(module);
    if (known !== undefined) return known;
    const name = Object.keys(maps).find((key) => key === module || key.endsWith(`/${module}`));
    const map = name === undefined ? undefined : maps[name];
    const trace = map === undefined ? null : new TraceMap(map);
    traces.set(module, trace);
    return trace;
  }

  return async (error) => {
    const frames = parseStack(error);
    if (frames.length === 0) return null;
    try {
      loaded ??= await loadSourceMaps();
      const maps = loaded;
      for (const frame of frames) {
        const trace = findTrace(maps, frame.module);
        const location = trace === null ? null : findOwnSource(trace, frame);
        if (location !== null) return location;
      }
    } catch (cause) {
      // The message without its line is better than no message.
      console.error(JSON.stringify({ event: "source-maps-unreadable", message: String(cause) }));
    }
    return null;
  };
}

/** Frames of an error's stack, innermost first; none for what has no stack. */
export function parseStack(error: unknown): StackFrame[] {
  if (!(error instanceof Error) || typeof error.stack !== "string") return [];
  return error.stack.split("\n").flatMap((text) => {
    const [, module, line, column] = FRAME.exec(text) ?? [];
    if (module === undefined) return [];
    return [{ module, line: Number(line), column: Number(column) }];
  });
}

function findOwnSource(trace: TraceMap, { line, column }: StackFrame): string | null {
  // Columns of stacks count from 1, those of source maps from 0.
  const found = originalPositionFor(trace, { line, column: Math.max(column - 1, 0) });
  if (found.source === null || FOREIGN.test(found.source)) return null;
  return `${found.source}:${found.line}:${found.column + 1}`;
}
