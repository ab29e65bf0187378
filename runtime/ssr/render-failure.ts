/** What the server itself says about a request that no renderer answered. */

import type { RenderFailure } from "../../edge/render/contract.ts";
import { buildFailureResponse } from "../../edge/render/render-error.ts";

type Kind = RenderFailure["error"]["kind"];

/** @param component null: it is not known */
export function buildFailure(kind: Kind, message: string, component: string | null = null) {
  return buildFailureResponse({ error: { kind, component, message, location: null } });
}

/** @param line first line of a request's body, raw */
export function readComponentName(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || !("component" in value)) return null;
    return typeof value.component === "string" ? value.component : null;
  } catch {
    return null; // the renderer says what is wrong with it
  }
}
