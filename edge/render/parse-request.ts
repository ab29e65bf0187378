/** Reads what others ask of Render: unknown JSON in, requests of the contract out. Pure. */

import type { FragmentRequest, LateContext, PageHead } from "./contract.ts";
import { RenderError } from "./render-error.ts";

/** Its characters can end neither a comment nor a script. */
const NONCE = /^[0-9a-zA-Z-]{16,128}$/;

/** @throws {RenderError} bad-request */
export function parseFragmentRequest(text: string): FragmentRequest {
  const { component, props, output } = parseObject(text);
  if (typeof component !== "string") throw refuse("component is not a text");
  if (!isObject(props)) throw refuse("props is not an object");
  if (output !== undefined && output !== "fragment" && output !== "inner")
    throw refuse('output is neither "fragment" nor "inner"');
  return { component, props, output: output ?? "fragment" };
}

/** @throws {RenderError} bad-request */
export function parsePageHead(text: string): PageHead {
  const { component, nonce, props, late } = parseObject(text);
  if (typeof component !== "string") throw refuse("component is not a text");
  if (typeof nonce !== "string" || !NONCE.test(nonce)) throw refuse("nonce does not fit");
  if (!isObject(props) || !isObject(props["contexts"])) throw refuse("props has no contexts");
  if (!Array.isArray(late) || !late.every((name) => typeof name === "string"))
    throw refuse("late is not a list of names");
  return { component, nonce, props: props as unknown as PageHead["props"], late }; // what else is in it goes to the component as it is
}

/** @throws {RenderError} bad-request */
export function parseLateContext(text: string): LateContext {
  const { context, value, error } = parseObject(text);
  if (typeof context !== "string") throw refuse("context is not a text");
  if (error === undefined) return { context, value };
  if (!isObject(error)) throw refuse("error is not an object");
  return { context, error: { status: Number(error["status"]), code: String(error["code"]) } };
}

function parseObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse("it is not JSON");
  }
  if (!isObject(parsed)) throw refuse("it is not an object");
  return parsed;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(reason: string): RenderError {
  return new RenderError("bad-request", `the request does not fit: ${reason}`);
}
