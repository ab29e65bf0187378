import { describe, expect, test } from "vitest";
import {
  type AnswerFacts,
  decideOutcome,
  type Envelope,
} from "../../../../edge/authority/outcome.ts";

function decide(facts: Partial<AnswerFacts>) {
  const outcome = decideOutcome({
    status: 200,
    wrote: null,
    invalidateHeader: null,
    envelope: { kind: "none" },
    isStreamed: false,
    ...facts,
  });
  const names =
    outcome.targets === "*" ? "*" : outcome.targets.map(({ name }) => name).join("+") || "nothing";
  return outcome.bumpsScope ? `${names} and all` : names;
}

const unread: Envelope = { kind: "unread" };
const read = (json: unknown): Envelope => ({ kind: "read", json });

describe("an answer with targets", () => {
  test.each<[string, Partial<AnswerFacts>, string]>([
    ["in the header", { invalidateHeader: "user" }, "user"],
    ["in JSON", { envelope: read({ invalidate: ["news"] }) }, "news"],
    [
      "in both",
      { invalidateHeader: "user", envelope: read({ merge: [{ context: "news" }] }) },
      "user+news",
    ],
    ["in a redirect", { status: 303, invalidateHeader: "user", wrote: true }, "user"],
    [
      "in the header, its JSON unread",
      { invalidateHeader: "user", envelope: unread },
      "user and all",
    ],
    [
      "in the header, its JSON of another shape",
      { invalidateHeader: "user", envelope: read([]) },
      "user and all",
    ],
    ["and an error status", { status: 500, invalidateHeader: "user" }, "user and all"],
    [
      "and a refusal after a write",
      { status: 409, wrote: true, invalidateHeader: "user" },
      "user and all",
    ],
    ["and a refusal before any", { status: 409, wrote: false, invalidateHeader: "user" }, "user"],
    ["that cannot be read", { invalidateHeader: "user;", wrote: false }, "* and all"],
  ])("%s", (_, facts, expected) => {
    expect(decide(facts)).toBe(expected);
  });
});

describe("an answer without targets", () => {
  const empty = read({ result: 1 });
  test.each<[string, Partial<AnswerFacts>, string]>([
    ["that wrote", { wrote: true }, "nothing and all"],
    ["that wrote and failed", { wrote: true, status: 500 }, "nothing and all"],
    ["that did not write", { wrote: false }, "nothing"],
    ["that did not write and failed", { wrote: false, status: 500 }, "nothing"],
    ["that did not write, its JSON unread", { wrote: false, envelope: unread }, "nothing"],
    ["of an app without runtime", { envelope: empty }, "nothing"],
    ["of such an app, unread", { envelope: unread }, "nothing and all"],
    ["of such an app, refused", { status: 422, envelope: unread }, "nothing"],
    ["of such an app, failed", { status: 500, envelope: empty }, "nothing and all"],
    ["streamed by such an app", { isStreamed: true }, "nothing and all"],
    ["streamed by such an app, refused", { isStreamed: true, status: 404 }, "nothing and all"],
  ])("%s", (_, facts, expected) => {
    expect(decide(facts)).toBe(expected);
  });
});

test("only an answer without X-Mizan-Wrote may write after its headers", () => {
  const facts: AnswerFacts = {
    status: 200,
    wrote: null,
    invalidateHeader: "user",
    envelope: { kind: "none" },
    isStreamed: true,
  };
  expect(decideOutcome(facts).mayWriteLater).toBe(true);
  expect(decideOutcome({ ...facts, wrote: true }).mayWriteLater).toBe(false);
  expect(decideOutcome({ ...facts, isStreamed: false }).mayWriteLater).toBe(false);
});
