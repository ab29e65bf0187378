/** Checks `context <name>`: each context that can be asked answers as the protocol says. */

import { z } from "zod";
import { type Check, fail, pass, skip } from "./check.ts";
import { buildContextQuestion } from "./context-question.ts";
import { type Answer, describeExchange, parseJson, type Question } from "./question.ts";
import type { ConformanceSubject, MizanSubject } from "./verify-conformance.ts";

const envelopeSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});

export async function checkContexts(
  subject: ConformanceSubject,
  mizan: MizanSubject,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const context of mizan.manifest.contexts.values()) {
    const name = `context ${context.name}`;
    const parameters = mizan.parameters[context.name];
    const question = buildContextQuestion(context, parameters);
    if (question === null) checks.push(skip(name, "it has no endpoint"));
    else if (context.params.length > 0 && parameters === undefined) {
      const wanted = context.params.map((param) => `${param}: "…"`).join(", ");
      const hint = `probe: { ${context.name}: { ${wanted} } }`;
      checks.push(skip(name, `not asked: it takes parameters. In mizan.config: ${hint}`));
    } else checks.push(await checkContext(subject, name, question));
  }
  return [...checks, ...listUnknown(mizan)];
}

/** A misspelt name in the config would silently ask nothing. */
function listUnknown({ parameters, manifest }: MizanSubject): readonly Check[] {
  const unknown = Object.keys(parameters).filter((name) => !manifest.contexts.has(name));
  return unknown.map((name) =>
    skip(`context ${name}`, "`probe` of the config names it, the manifest does not"),
  );
}

async function checkContext(
  subject: ConformanceSubject,
  name: string,
  question: Question,
): Promise<Check> {
  const first = await subject.askOrigin(question);
  const problem = findProblem(first);
  if (problem !== null) return fail(name, problem, describeExchange(question, first));
  const second = await subject.askOrigin(question);
  if (second.body === first.body) {
    // The protocol's own error: the app's bug, perhaps for visitors alone, and no reason to stop.
    const isCrash = first.status >= 500;
    return pass(name, describeStatus(first), isCrash ? describeExchange(question, first) : "");
  }
  const evidence = `${describeExchange(question, first)}\n${describeExchange(question, second)}`;
  if (!hasSameKeyOrder(parseJson(first.body), parseJson(second.body))) {
    return fail(name, "asked twice, its keys come in another order", evidence);
  }
  return pass(name, `${describeStatus(first)}; asked twice, the answers differ`, evidence);
}

/** @returns null: 200 with an object, or the protocol's error envelope; not to be stored by others */
function findProblem(answer: Answer): string | null {
  const body = parseJson(answer.body);
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  if (answer.status === 200 && !isObject) return "that is no context: its body is no JSON object";
  if (answer.status === 404 && !isObject) return "the URLconf does not have it";
  if (answer.status !== 200 && !envelopeSchema.safeParse(body).success) {
    return "that is neither 200 nor the protocol's error";
  }
  if (!/\bno-store\b/i.test(answer.headers["cache-control"] ?? "")) {
    return "browsers may keep it: Cache-Control has no no-store";
  }
  return null;
}

function describeStatus(answer: Answer): string {
  if (answer.status === 200) return "answers 200";
  const envelope = envelopeSchema.safeParse(parseJson(answer.body)).data;
  return `answers ${answer.status} ${envelope?.error.code ?? ""}`.trimEnd();
}

/** Of what both have: a key that one lacks is a difference of content. */
function hasSameKeyOrder(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.every((item, index) => index >= b.length || hasSameKeyOrder(item, b[index]));
  }
  if (!isTable(a) || !isTable(b)) return true;
  const keys = Object.keys(a).filter((key) => Object.hasOwn(b, key));
  const others = Object.keys(b).filter((key) => Object.hasOwn(a, key));
  return (
    keys.every((key, index) => key === others[index]) &&
    keys.every((key) => hasSameKeyOrder(a[key], b[key]))
  );
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
