/** How the conformance probe asks a release: by whatever way a target has to it. */

export interface Question {
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Of the Edge. */
export interface EdgeAnswer extends Answer {
  /** A key of the Edge ring signed what the origin says of its request; true where it was not asked. */
  readonly isWireVerified: boolean;
}

/** @throws {MizanError} where there is no answer at all */
export type Ask = (question: Question) => Promise<Answer>;

/** @throws {MizanError} where the Edge does not answer */
export type AskEdge = (question: Question) => Promise<EdgeAnswer>;

const SHOWN_CHARACTERS = 300;

/** `GET /x → 500 {"error": …}`, never a token. */
export function describeExchange(question: Question, answer: Answer): string {
  const text = answer.body.replace(/\s+/g, " ").trim();
  const body = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  const mark = answer.headers["x-mizan-edge"];
  const edge = mark === undefined ? "" : ` (X-Mizan-Edge: ${mark})`;
  return `${question.method} ${question.path} → ${answer.status}${edge} ${body}`.trimEnd();
}

/** undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // whoever asked says what it got instead
  }
}
