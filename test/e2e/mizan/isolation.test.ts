/** Many people on the real shop, side by side and in disguise: every body names whom it was made for. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EdgeKey, EdgeState } from "../../../edge/cache/contract.ts";
import { createRandom } from "../../helpers/history/seeded-random.ts";
import type { TempProject } from "../../helpers/temp-project.ts";
import { urlOf } from "../use/use-mizan.ts";
import { DirectOrigin } from "./direct-origin.ts";
import {
  buildPageReads,
  buildRead,
  DESK,
  forgeTokens,
  ownPaths,
  PUBLIC_PATHS,
  type Read,
  type Scene,
} from "./isolation-reads.ts";
import {
  type Answered,
  computeHitRatio,
  findLeaks,
  findPageLeaks,
  sendAll,
} from "./isolation-run.ts";
import { addPeople, obtainToken, type Person } from "./shop-people.ts";
import { createShopProject } from "./shop-project.ts";

const SEED = 20261124;
const READS_BEFORE = 4000;
const READS_AFTER = 2000;

let project: TempProject;
let url: string;
let port: number;
let hosts: readonly string[];
let people: readonly Person[];
let forged: readonly string[];
let before: DirectOrigin;
let answersBefore: readonly Answered[];

beforeAll(async () => {
  project = await createShopProject();
  url = urlOf(await project.mizan(["deploy"]));
  port = Number(new URL(url).port);
  hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const customers = Array.from({ length: 10 }, (_, index) => ({ name: `customer-${index}` }));
  const clerk = { name: "clerk", isStaff: true };
  const boss = { name: "boss", isStaff: true, isSuperuser: true };
  people = await addPeople(project, url, [clerk, boss, ...customers]);
  forged = forgeTokens(findPerson("clerk"), findPerson("boss"), readTokenKey());
  before = new DirectOrigin(project.folder);
});
afterAll(() => project.remove());

function findPerson(name: string): Person {
  const found = people.find((person) => person.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function readTokenKey(): EdgeKey {
  const file = join(project.folder, ".mizan/env/local/edge-state.json");
  const { secrets }: EdgeState = JSON.parse(readFileSync(file, "utf8"));
  const key = secrets?.mwt.find(({ state }) => state === "sign");
  if (key === undefined) throw new Error("no key signs tokens");
  return key;
}

function buildReads(seed: number, count: number, scene: Scene): readonly Read[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => buildRead(random, scene));
}

/** A read with nothing but its token. */
function buildPlain(path: string, person: Person, token: string): Read {
  const expected = { token, madeFor: person.id, language: "en" } as const;
  const [host = ""] = hosts;
  const reason = path === DESK ? "cache-off" : null;
  return { path, host, headers: { "x-mizan-token": token }, expected, reason };
}

describe("isolation over the shop", () => {
  it(`leaks nothing in ${READS_BEFORE} reads of 12 people, nobody and forgers, side by side`, async () => {
    const reads = buildReads(SEED, READS_BEFORE, { hosts, people, forged });
    answersBefore = await sendAll(port, reads);
    expect(answersBefore).toHaveLength(READS_BEFORE);
    expect(await findLeaks(answersBefore, [before])).toEqual([]);
    // Else the test would show nothing: everything is cached, for everybody, everywhere.
    expect(computeHitRatio(answersBefore)).toBeGreaterThan(0.5);
    const hits = answersBefore.filter(({ mark }) => mark === "HIT").map(({ read }) => read);
    const [first] = people;
    const paths = [...PUBLIC_PATHS, ...(first === undefined ? [] : ownPaths(first))];
    expect(paths.filter((path) => hits.every((read) => read.path !== path))).toEqual([]);
    expect(new Set(hits.map(({ host }) => host))).toEqual(new Set(hosts));
    expect(new Set(hits.map(({ expected }) => expected?.language))).toEqual(new Set(["en", "de"]));
    expect(new Set(hits.map(({ expected }) => expected?.madeFor)).size).toBe(people.length + 1);
  });

  it("gives the page of each person to that person alone, and nobody's to everybody else", async () => {
    const reads = buildPageReads({ hosts, people });
    const answers = await sendAll(port, [...reads, ...reads]);
    expect(findPageLeaks(answers)).toEqual([]);
    const marks = new Set(answers.map(({ mark }) => mark));
    expect(marks).toEqual(new Set(["HIT", "MISS", "BYPASS; reason=credentials"]));
    expect(computeHitRatio(answers)).toBeGreaterThan(0.5);
  });

  it("shows a demoted user nothing of what he was shown before, and others no difference", async () => {
    const clerk = findPerson("clerk");
    const global = buildPlain("/api/mizan/ctx/global/", clerk, clerk.token);
    const shownBefore = await sendAll(port, [global]);
    expect(await findLeaks(shownBefore, [before], answersBefore)).toEqual([]);
    const [asStaff] = shownBefore;
    expect(asStaff?.body).toContain('"is_staff":true');
    const [deskAsStaff] = await sendAll(port, [buildPlain(DESK, clerk, clerk.token)]);
    expect(deskAsStaff?.status).toBe(200);

    await demote(clerk);

    const demoted = { ...clerk, token: await obtainToken(url, clerk) };
    const now = new DirectOrigin(project.folder);
    const shown = await sendAll(port, [buildPlain(global.path, clerk, demoted.token)]);
    const [asCustomer] = shown;
    expect(asCustomer).toMatchObject({ mark: "MISS", status: 200 });
    expect(asCustomer?.body).toContain('"is_staff":false');
    const [deskAsCustomer] = await sendAll(port, [buildPlain(DESK, clerk, demoted.token)]);
    expect(deskAsCustomer?.status).toBe(403);

    // Both of his tokens are valid still; of the old one what was made for it before may come too.
    const scene = { hosts, people: [demoted, ...people], forged };
    const answers = await sendAll(port, buildReads(SEED + 1, READS_AFTER, scene));
    const old = answers.filter(({ read }) => read.expected?.token === clerk.token);
    const rest = answers.filter(({ read }) => read.expected?.token !== clerk.token);
    const earlier = [...answersBefore, ...shownBefore, ...shown, ...answers];
    expect(old.length).toBeGreaterThan(50);
    expect(await findLeaks(rest, [now], earlier)).toEqual([]);
    expect(await findLeaks(old, [now, before], earlier)).toEqual([]);
    expect(computeHitRatio(answers)).toBeGreaterThan(0.5);
  });

  it("keeps no form, no CSRF token, no cookie and no message for anybody", async () => {
    const paths = ["/api/mizan/session/", "/en/review/1/", "/de/review/1/"];
    const cookies = [undefined, ...people.map(({ cookie }) => cookie)];
    const answers = await Promise.all(
      cookies.flatMap((cookie) =>
        paths.map((path) => ask(path, cookie === undefined ? {} : { headers: { cookie } })),
      ),
    );
    const marks = new Set(answers.map(({ headers }) => headers.get("x-mizan-edge")));
    expect([...marks]).toEqual(["BYPASS; reason=no-rule"]);
    const tokens = answers.map(({ body }) => findCsrfToken(body));
    expect(new Set(tokens).size).toBe(answers.length);

    const [writer, ...others] = people;
    if (writer === undefined) throw new Error("nobody");
    const message = await sendReview(writer);
    for (const { cookie } of others) {
      expect((await ask("/en/review/1/", { headers: { cookie } })).body).not.toContain(
        'role="status"',
      );
    }
    expect((await ask("/en/review/1/")).body).not.toContain('role="status"');
    const cookie = `${writer.cookie}; ${message}`;
    const own = await ask("/en/review/1/", { headers: { cookie } });
    expect(own.body).toContain("We read every review");
    const withMessage = await ask("/api/mizan/ctx/global/", { headers: { cookie: message } });
    expect(withMessage.headers.get("x-mizan-edge")).toBe("BYPASS; reason=credentials");
  });
});

async function ask(path: string, init: RequestInit = {}) {
  const answer = await fetch(new URL(path, url), { redirect: "manual", ...init });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

function findCsrfToken(body: string): string {
  const token = /(?:csrfmiddlewaretoken" value="|"csrf_token":")(\w+)"/.exec(body)?.[1];
  if (token === undefined) throw new Error(`no CSRF token in ${body.slice(0, 300)}`);
  return token;
}

function postForm(path: string, { cookie, csrfToken }: Person, fields: Record<string, string>) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: csrfToken, ...fields });
  return ask(path, { method: "POST", headers: { cookie }, body });
}

/** In the admin, by the boss: a write that the manifest knows nothing of, so that nothing is bumped. */
async function demote({ id, name }: Person): Promise<void> {
  const { status, body } = await postForm(`/admin/auth/user/${id}/change/`, findPerson("boss"), {
    username: name,
    is_active: "on",
    date_joined_0: "2026-01-01",
    date_joined_1: "00:00:00",
  });
  if (status !== 302) throw new Error(`the admin answered ${status}: ${body}`);
}

/** @returns the message's cookie, as the browser sends it back */
async function sendReview(person: Person): Promise<string> {
  const { status, headers, body } = await postForm("/en/review/1/", person, {
    author: "A",
    rating: "5",
    body: "Good.",
  });
  const message = headers.getSetCookie().find((line) => line.startsWith("messages="));
  if (status !== 302 || message === undefined) throw new Error(`no message: ${status} ${body}`);
  return message.split(";")[0] ?? "";
}
