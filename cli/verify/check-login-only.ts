/** Check `login-only`: what the app's registry guards, nobody gets without a login. */

import { type Check, fail, pass, skip } from "./check.ts";
import { buildContextQuestion } from "./context-question.ts";
import { describeExchange } from "./question.ts";
import type { ConformanceSubject, MizanSubject } from "./verify-conformance.ts";

/** A value that a parameter of any type may have. */
const ANY_VALUE = "1";

export async function checkLoginOnly(
  subject: ConformanceSubject,
  mizan: MizanSubject,
): Promise<readonly Check[]> {
  const name = "login-only";
  if (mizan.guarded === null) {
    return [skip(name, "not made: the registry of this mizan package cannot be read")];
  }
  const failures: Check[] = [];
  for (const guarded of mizan.guarded) {
    const context = mizan.manifest.contexts.get(guarded);
    const made = context?.params.map((param) => [param, ANY_VALUE] as const) ?? [];
    const parameters = mizan.parameters[guarded] ?? Object.fromEntries(made);
    const question = context && buildContextQuestion(context, parameters);
    if (!question) continue;
    const answer = await subject.askOrigin(question);
    if (answer.status !== 200) continue;
    const message = `anybody gets context ${guarded}, which the app marks as login-only`;
    failures.push(fail(name, message, describeExchange(question, answer)));
  }
  if (failures.length > 0) return failures;
  if (mizan.guarded.length === 0) return [skip(name, "no context is login-only")];
  return [pass(name, `no data without a login: ${mizan.guarded.join(", ")}`)];
}
