/** The conformance probe (D10): asks one release the questions of the protocol before anyone else does. */

import type { EdgeSecrets } from "../../edge/cache/contract.ts";
import type { Manifest } from "../../edge/index.ts";
import { type Check, pass, skip } from "./check.ts";
import { checkContexts } from "./check-contexts.ts";
import { checkEdge } from "./check-edge.ts";
import { checkHealth } from "./check-health.ts";
import { checkLoginOnly } from "./check-login-only.ts";
import { checkManifest } from "./check-manifest.ts";
import { checkPages } from "./check-pages.ts";
import { checkRender, type RenderSubject } from "./check-render.ts";
import { checkToken } from "./check-token.ts";
import type { Ask, AskEdge } from "./question.ts";

/** What is to be shown of a Mizan app. */
export interface MizanSubject {
  readonly manifest: Manifest;
  /** Of the manifest that the Edge works with, hex SHA-256. */
  readonly manifestHash: string;
  /** Exports the release's manifest anew and hashes it; null: that was done a moment ago. */
  readonly exportHash: (() => Promise<string>) | null;
  /** Contexts that the app's registry marks as login-only; null: it cannot be read. */
  readonly guarded: readonly string[] | null;
  /** Where the installed package differs from what the Edge does. */
  readonly disagreements: readonly string[];
  readonly secrets: EdgeSecrets;
  readonly audience: string | null;
  /** Context to parameters: `probe` of the config. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The config switches the cache off. */
  readonly isCacheOff: boolean;
  /** Through the Edge as if the release were live; its own probe context alone. */
  readonly askEdge: AskEdge;
}

export interface ConformanceSubject {
  readonly release: string;
  /** Straight to the release's origin, under the public host. */
  readonly askOrigin: Ask;
  /** `/` is Django's. */
  readonly asksRoot: boolean;
  /** null: the app has no manifest. */
  readonly mizan: MizanSubject | null;
  /** null: the app has no components. */
  readonly render: RenderSubject | null;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
}

/** Every check is made, whatever the ones before said. @throws {MizanError} where nothing answers */
export async function verifyConformance(subject: ConformanceSubject): Promise<readonly Check[]> {
  const { mizan, render } = subject;
  const checks: Check[] = [...(await checkHealth(subject)), ...(await checkPages(subject))];
  if (render !== null) checks.push(...(await checkRender(subject, { render, mizan })));
  if (mizan === null) return [...checks, skip("edge", "the app has no Mizan manifest")];
  checks.push(await checkManifest(mizan));
  checks.push(describePackage(mizan));
  checks.push(await checkToken(subject, mizan));
  checks.push(...(await checkContexts(subject, mizan)));
  checks.push(...(await checkLoginOnly(subject, mizan)));
  checks.push(await checkEdge(subject, mizan));
  return checks;
}

/** A difference is worth knowing and no failure: Edge and origin share no entries. */
function describePackage({ disagreements }: MizanSubject): Check {
  const name = "package";
  if (disagreements.length === 0) return pass(name, "derives keys as the Edge does");
  return pass(name, `differs from what the Edge does: ${disagreements.join("; ")}`);
}
