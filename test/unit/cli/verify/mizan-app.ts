/** A Mizan app and its Edge as the conformance probe sees them, each answer written out; a test changes single ones. */

import { createHmac } from "node:crypto";
import type { Answer, EdgeAnswer, Question } from "../../../../cli/verify/question.ts";
import type {
  ConformanceSubject,
  MizanSubject,
} from "../../../../cli/verify/verify-conformance.ts";
import { INVALIDATE_PATH, PROBE_CONTEXT } from "../../../../edge/cache/contract.ts";
import { parseManifest } from "../../../../edge/index.ts";

export const EDGE_KEY = { kid: "e1", state: "sign", secret: "edge-secret" } as const;
const MWT_KEY = { kid: "m1", state: "sign", secret: "token-secret" } as const;

const MANIFEST = {
  version: 1,
  contexts: {
    global: context("global", []),
    product: context("product", ["product_id"]),
    cart: context("cart", ["user_id"]),
  },
  mutations: {},
};

function context(name: string, params: readonly string[]) {
  const endpoints = [`/api/mizan/ctx/${name}/`];
  const functions = [{ name: `read_${name}`, path: "rpc" }];
  return { endpoints, functions, params, user_scoped: false, page_routes: [] };
}

type Reply = (question: Question) => Partial<Omit<Answer, "body">> & { readonly body?: unknown };

export interface AppOptions {
  /** Path without query → what it answers in place of the usual. */
  readonly origin?: Readonly<Record<string, Reply>>;
  /** What the Edge answers, call by call; else 200, MISS, HIT, 200, MISS. */
  readonly edge?: readonly EdgeAnswer[];
  readonly mizan?: Partial<MizanSubject> | null;
  readonly subject?: Partial<ConformanceSubject>;
}

export interface TestedApp {
  readonly subject: ConformanceSubject;
  readonly askedOrigin: Question[];
  readonly askedEdge: Question[];
}

export function createMizanApp(options: AppOptions = {}): TestedApp {
  const askedOrigin: Question[] = [];
  const askedEdge: Question[] = [];
  const { manifest } = parseManifest(MANIFEST);
  if (manifest === null) throw new Error("the test's manifest is wrong");
  const edgeAnswers = [...(options.edge ?? USUAL_EDGE)];
  const mizan: MizanSubject = {
    manifest,
    manifestHash: "aa11",
    exportHash: null,
    guarded: ["cart"],
    disagreements: [],
    secrets: { edge: [EDGE_KEY], cache: [], mwt: [MWT_KEY] },
    audience: null,
    parameters: {},
    isCacheOff: false,
    askEdge: async (question) => {
      askedEdge.push(question);
      const answer = edgeAnswers.shift();
      if (answer === undefined) throw new Error("the Edge is asked more than it answers");
      return answer;
    },
    ...options.mizan,
  };
  const subject: ConformanceSubject = {
    release: "r2",
    asksRoot: true,
    askOrigin: async (question) => {
      askedOrigin.push(question);
      const [path = ""] = question.path.split("?");
      const reply = options.origin?.[path] ?? answerUsually;
      const { body = "", ...rest } = reply(question);
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return { status: 200, headers: { "cache-control": "no-store" }, ...rest, body: text };
    },
    mizan: options.mizan === null ? null : mizan,
    render: null,
    nowMs: () => 1_764_000_000_000,
    ...options.subject,
  };
  return { subject, askedOrigin, askedEdge };
}

const HEALTH = { release: "r2", instance: "i1", ok: true, edgeKids: ["e1"], checks: [] };

function answerUsually({ path, headers }: Question): ReturnType<Reply> {
  if (path.startsWith("/_mizan/")) return { body: HEALTH };
  if (path === "/") return { body: "<h1>Shop</h1>" };
  const token = headers?.["x-mizan-token"];
  if (token !== undefined && !isSignedBy(MWT_KEY.secret, token)) return refuse(401);
  if (path.includes("/cart/")) return refuse(401);
  return { body: { read_global: { name: "Shop", items: [{ id: 1, price: 2 }] } } };
}

function isSignedBy(secret: string, token: string): boolean {
  const [header, claims, mac] = token.split(".");
  return createHmac("sha256", secret).update(`${header}.${claims}`).digest("base64url") === mac;
}

export function refuse(status: number): ReturnType<Reply> {
  return { status, body: { error: { code: "UNAUTHORIZED", message: "Sign in." } } };
}

/** The runtime's probe context with the Edge's mark. */
export function probeAnswer(mark: string, n: number, release = "r2"): EdgeAnswer {
  const body = JSON.stringify({ [PROBE_CONTEXT.name]: { release, n } });
  return { status: 200, headers: { "x-mizan-edge": mark }, body, isWireVerified: true };
}

/** Answered by the Edge itself, without a word of the origin. */
const INVALIDATED: EdgeAnswer = { status: 200, headers: {}, body: "{}", isWireVerified: false };
const USUAL_EDGE = [
  INVALIDATED,
  probeAnswer("MISS", 1),
  probeAnswer("HIT", 1),
  INVALIDATED,
  probeAnswer("MISS", 2),
];

export { INVALIDATE_PATH, INVALIDATED, PROBE_CONTEXT };
