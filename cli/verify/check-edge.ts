/** Check `edge`: invalidated, the runtime's own context is missed, then hit, and invalidated again missed again. */

import { createHmac, randomUUID } from "node:crypto";
import { z } from "zod";
import { type EdgeKey, INVALIDATE_PATH, PROBE_CONTEXT } from "../../edge/cache/contract.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { describeExchange, type EdgeAnswer, parseJson, type Question } from "./question.ts";
import type { ConformanceSubject, MizanSubject } from "./verify-conformance.ts";

const NAME = "edge";
/** Without it every mutation is taken for one that wrote, and nobody keeps its deadline. */
const UNSIGNED =
  "the runtime does not take part: its answer has no X-Mizan-Wrote that a key of the Edge ring signed";

const probeSchema = z.object({
  [PROBE_CONTEXT.name]: z.object({ release: z.string(), n: z.number() }),
});

export async function checkEdge(subject: ConformanceSubject, mizan: MizanSubject): Promise<Check> {
  if (mizan.isCacheOff) return skip(NAME, "the config switches the cache off");
  const key = mizan.secrets.edge.find(({ state }) => state === "sign");
  if (key === undefined) return fail(NAME, "the Edge ring has no key that signs");
  const run = new ProbeRun(subject, mizan);
  await run.invalidate(key); // the check before this one has left an answer for a minute
  const first = await run.read("MISS");
  const second = await run.read("HIT");
  if (first !== null && second !== null && first !== second) {
    run.note("the HIT is another answer than the one before");
  }
  await run.invalidate(key);
  const third = await run.read("MISS");
  if (third !== null && second !== null && third <= second) {
    run.note("after the invalidation the origin was not asked");
  }
  return run.conclude();
}

/** One run of the probe: what was asked, and what was wrong with it. */
class ProbeRun {
  readonly #subject: ConformanceSubject;
  readonly #mizan: MizanSubject;
  readonly #problems: string[] = [];
  readonly #exchanges: string[] = [];

  constructor(subject: ConformanceSubject, mizan: MizanSubject) {
    this.#subject = subject;
    this.#mizan = mizan;
  }

  /** The same twice is said once. */
  note(problem: string): void {
    if (!this.#problems.includes(problem)) this.#problems.push(problem);
  }

  /** @returns the origin's count, null where there is none */
  async read(wanted: "HIT" | "MISS"): Promise<number | null> {
    const answer = await this.#ask({ method: "GET", path: PROBE_CONTEXT.path });
    const mark = answer.headers["x-mizan-edge"] ?? "none";
    const probe = probeSchema.safeParse(parseJson(answer.body)).data?.[PROBE_CONTEXT.name];
    if (answer.status !== 200 || probe === undefined) {
      this.note(`the runtime's probe context answers ${answer.status}`);
      return null;
    }
    if (probe.release !== this.#subject.release) this.note(`it is release ${probe.release}`);
    if (mark !== wanted) this.note(`X-Mizan-Edge is ${mark} where ${wanted} is right`);
    if (!answer.isWireVerified) this.note(UNSIGNED);
    return probe.n;
  }

  async invalidate(key: EdgeKey): Promise<void> {
    const message = {
      id: randomUUID(),
      sentAtMs: this.#subject.nowMs(),
      targets: [PROBE_CONTEXT.name],
    };
    const body = JSON.stringify(message);
    const mac = createHmac("sha256", key.secret).update(body).digest("base64url");
    const answer = await this.#ask({
      method: "POST",
      path: INVALIDATE_PATH,
      headers: { "x-mizan-signature": `k=${key.kid};s=${mac}` },
      body,
    });
    if (answer.status !== 200) this.note(`a signed invalidation is answered ${answer.status}`);
  }

  conclude(): Check {
    const [problem] = this.#problems;
    if (problem === undefined) return pass(NAME, "MISS, HIT, and MISS after an invalidation");
    return fail(NAME, this.#problems.join("; "), this.#exchanges.join("\n"));
  }

  async #ask(question: Question): Promise<EdgeAnswer> {
    const answer = await this.#mizan.askEdge(question);
    this.#exchanges.push(describeExchange(question, answer));
    return answer;
  }
}
