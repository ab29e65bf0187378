/** Checks `live`, `ready`, `release` and `rings`: the runtime's own answers. */

import { z } from "zod";
import { HEALTH_PATH, type HealthAnswer } from "../../runtime/origin/contract.ts";
import { type Check, fail, pass } from "./check.ts";
import { type Answer, describeExchange, parseJson, type Question } from "./question.ts";
import type { ConformanceSubject } from "./verify-conformance.ts";

const healthSchema: z.ZodType<HealthAnswer> = z.object({
  release: z.string(),
  instance: z.string(),
  ok: z.boolean(),
  edgeKids: z.array(z.string()).exactOptional(),
  checks: z
    .array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() }))
    .exactOptional(),
});

export async function checkHealth(subject: ConformanceSubject): Promise<readonly Check[]> {
  const live = await ask(subject, HEALTH_PATH.live);
  const ready = await ask(subject, HEALTH_PATH.ready);
  const checks = [
    judge("live", live, "the process answers"),
    judge("ready", ready, "it can serve"),
    checkRelease(subject, live),
  ];
  return subject.mizan === null ? checks : [...checks, checkRings(subject, live)];
}

interface Asked {
  readonly question: Question;
  readonly answer: Answer;
  /** null: that is no health answer. */
  readonly health: HealthAnswer | null;
}

async function ask(subject: ConformanceSubject, path: string): Promise<Asked> {
  const question = { method: "GET", path } as const;
  const answer = await subject.askOrigin(question);
  const health = healthSchema.safeParse(parseJson(answer.body)).data ?? null;
  return { question, answer, health };
}

function judge(name: string, { question, answer, health }: Asked, message: string): Check {
  if (answer.status === 200 && health?.ok) return pass(name, message);
  const failing = health?.checks?.filter((check) => !check.ok) ?? [];
  const why = failing.map((check) => `${check.name}: ${check.message}`).join("; ");
  return fail(name, why || "that is no health answer", describeExchange(question, answer));
}

function checkRelease(subject: ConformanceSubject, { question, answer, health }: Asked): Check {
  if (health?.release === subject.release) return pass("release", subject.release);
  const other = health === null ? "that is no health answer" : `it is release ${health.release}`;
  return fail("release", other, describeExchange(question, answer));
}

/** A key that only one side knows: the Edge's headers, or the runtime's, are taken for forged. */
function checkRings(subject: ConformanceSubject, { question, answer, health }: Asked): Check {
  const keys = subject.mizan?.secrets.edge ?? [];
  const wanted = keys.filter(({ state }) => state !== "retired").map(({ kid }) => kid);
  const known = health?.edgeKids ?? [];
  const missing = wanted.filter((kid) => !known.includes(kid));
  if (missing.length === 0) return pass("rings", `the origin knows key ${wanted.join(", ")}`);
  const message = `the origin does not know key ${missing.join(", ")} of the Edge ring: it cannot tell the Edge what a request wrote`;
  return fail("rings", message, describeExchange(question, answer));
}
