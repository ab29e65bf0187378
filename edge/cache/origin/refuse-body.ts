/** What a client is told whose body was not forwarded, or not to its end. */

import type { AnswerMark } from "../answer/answer-mark.ts";
import { createPlainAnswer } from "../answer/plain-answer.ts";
import type { BodyProblem } from "./read-body.ts";

const ANSWER: Readonly<Record<BodyProblem, readonly [number, string]>> = {
  busy: [503, "Too much is under way at the moment."],
  large: [413, "The body is larger than it said."],
  slow: [408, "The body did not arrive in time."],
  broken: [400, "The body did not arrive whole."],
  senseless: [400, "A request of this method has no body here."],
};

export function createBodyRefusal(problem: BodyProblem, mark: AnswerMark): Response {
  const [status, text] = ANSWER[problem];
  return createPlainAnswer(status, text, {
    mark,
    headers: problem === "busy" ? { "retry-after": "1" } : {},
  });
}
