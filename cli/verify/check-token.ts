/** Check `token`: the app accepts tokens of the key that the Edge verifies with, and no others. */

import { randomBytes } from "node:crypto";
import { type Check, fail, pass, skip } from "./check.ts";
import { buildContextQuestion } from "./context-question.ts";
import { mintToken } from "./mint-token.ts";
import { type Answer, describeExchange, parseJson, type Question } from "./question.ts";
import type { ConformanceSubject, MizanSubject } from "./verify-conformance.ts";

const NAME = "token";
const TOKEN_HEADER = "x-mizan-token";

export async function checkToken(subject: ConformanceSubject, mizan: MizanSubject): Promise<Check> {
  const key = mizan.secrets.mwt.find(({ state }) => state === "sign");
  if (key === undefined) {
    return skip(NAME, "the Edge does not know the app's MIZAN_MWT_SECRET: it verifies no token");
  }
  const question = chooseQuestion(mizan);
  if (question === null) return skip(NAME, "no context can be asked");
  const { audience } = mizan;
  const nowMs = subject.nowMs();
  const own = await ask(subject, question, mintToken({ key, audience, nowMs }));
  const foreignKey = { ...key, secret: randomBytes(32).toString("base64url") };
  const foreign = await ask(subject, question, mintToken({ key: foreignKey, audience, nowMs }));
  if (saysNothing(own)) {
    return skip(NAME, `not made: ${question.path} answers ${own.status}, whoever asks`);
  }
  if (own.status === 401) {
    const message =
      "the app refuses a token of the key that the Edge has: its MIZAN_MWT_SECRET is another one";
    return fail(NAME, message, describeExchange(question, own));
  }
  if (foreign.status !== 401) {
    const message = "the app takes a token that a foreign key has signed";
    return fail(NAME, message, describeExchange(question, foreign));
  }
  return pass(NAME, "the app and the Edge have the same key");
}

/** No route, or a crash: neither depends on the token. */
function saysNothing({ status, body }: Answer): boolean {
  return status >= 500 || (status === 404 && parseJson(body) === undefined);
}

/** One that anybody may ask says most: a 401 then comes from the token. */
function chooseQuestion({ manifest, guarded, parameters }: MizanSubject): Question | null {
  const contexts = [...manifest.contexts.values()];
  const open = contexts.filter(({ name }) => guarded?.includes(name) !== true);
  const all = [...open, ...contexts];
  const best = all.find(({ params }) => params.length === 0) ?? all[0];
  return best === undefined ? null : buildContextQuestion(best, parameters[best.name]);
}

function ask(subject: ConformanceSubject, question: Question, token: string): Promise<Answer> {
  return subject.askOrigin({ ...question, headers: { [TOKEN_HEADER]: token } });
}
