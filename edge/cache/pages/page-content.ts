/** What a page is rendered with, in the forms that Render, the SSR server and the browser take. Pure, but for waiting. */

import type { ContextError } from "../../render/contract.ts";
import type { Entry } from "../read/entry-store.ts";
import type { GuardHeaders } from "./guard-headers.ts";
import type { PreparedPage } from "./page-table.ts";

/** What a page's entry is as old as. */
export type Kept = Pick<Entry, "askedAtMs" | "ttlMs">;

export type ContextAnswer = ContextBundle | ContextFailure;

export interface ContextBundle {
  /** On one line. */
  readonly json: string;
  readonly setCookies: readonly string[];
  readonly guards: GuardHeaders;
  /** These very bytes are stored, under the numbers that were read; null: they are this request's alone. */
  readonly kept: Kept | null;
}

export interface ContextFailure {
  readonly error: Omit<ContextError, "context">;
  readonly setCookies: readonly string[];
  readonly guards: GuardHeaders;
}

/** By whom a page is rendered; `shell`: by the browser. */
export type RenderedBy = "render" | "ssr" | "shell";

/** A context that the page does not wait for. */
export interface LateAnswer {
  readonly name: string;
  readonly arrival: Promise<ContextAnswer>;
  /** Once it has arrived; null: not yet. */
  readonly arrived: ContextAnswer | null;
}

export interface PageContent {
  readonly page: PreparedPage;
  /** The page's own, or its error component. */
  readonly component: string;
  /** Of the answer. */
  readonly status: number;
  /** JSON of `PageProps` with the contexts that are there. */
  readonly props: string;
  readonly late: readonly LateAnswer[];
}

export interface PropsFacts {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly language: string | null;
  /** Name and JSON of those that are there, in the page's order. */
  readonly contexts: readonly (readonly [name: string, json: string])[];
  readonly error: ContextError | null;
}

/** Bundles stand in it as the app wrote them: no number or key is spelled anew. */
export function buildProps({ path, params, language, contexts, error }: PropsFacts): string {
  const bundles = contexts.map(([name, json]) => `${JSON.stringify(name)}:${json}`);
  const parts = [
    `"path":${JSON.stringify(path)}`,
    `"params":${JSON.stringify(params)}`,
    `"language":${JSON.stringify(language)}`,
    `"contexts":{${bundles.join(",")}}`,
    ...(error === null ? [] : [`"error":${JSON.stringify(error)}`]),
  ];
  return `{${parts.join(",")}}`;
}

/** First line of `POST /page`. */
export function buildHeadLine({ component, props, late }: PageContent, nonce: string): string {
  const names = JSON.stringify(late.map(({ name }) => name));
  return `{"component":${JSON.stringify(component)},"nonce":${JSON.stringify(nonce)},"props":${props},"late":${names}}\n`;
}

/** Further lines. */
export function buildLateLine(name: string, answer: ContextAnswer): string {
  const said =
    "json" in answer ? `"value":${answer.json}` : `"error":${JSON.stringify(answer.error)}`;
  return `{"context":${JSON.stringify(name)},${said}}\n`;
}

export function createLateAnswer(name: string, arrival: Promise<ContextAnswer>): LateAnswer {
  const late: { name: string; arrival: Promise<ContextAnswer>; arrived: ContextAnswer | null } = {
    name,
    arrival,
    arrived: null,
  };
  void arrival.then((answer) => {
    late.arrived = answer;
  });
  return late;
}
