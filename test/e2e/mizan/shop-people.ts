/** People of a deployed shop: each with a cart and an order, a session, and tokens that the app itself hands out. */

import { z } from "zod";
import type { TempProject } from "../../helpers/temp-project.ts";
import { runWords } from "../use/use-mizan.ts";

export interface PersonAsked {
  readonly name: string;
  readonly isStaff?: boolean;
  readonly isSuperuser?: boolean;
}

export interface Person {
  /** As answers name it. */
  readonly id: string;
  readonly name: string;
  readonly csrfToken: string;
  /** Value of `Cookie`: session and CSRF. */
  readonly cookie: string;
  /** For `X-Mizan-Token`. */
  readonly token: string;
  /** Value of `Authorization`. */
  readonly bearer: string;
}

const madeSchema = z.array(z.object({ id: z.string(), name: z.string(), session: z.string() }));
const csrfSchema = z.object({ csrf_token: z.string() });

/** Sessions as Django's own test client makes them: a password would cost a second of work each. */
const MAKE_PEOPLE = `
import json, sys
from django.contrib.auth import get_user_model
from django.test import Client
from orders.models import CartLine, Order
made = []
for number, asked in enumerate(json.loads(PEOPLE), 1):
    user = get_user_model().objects.create(
        username=asked["name"],
        is_staff=asked.get("isStaff", False),
        is_superuser=asked.get("isSuperuser", False),
    )
    CartLine.objects.create(user=user, product_id=number, quantity=number)
    Order.objects.create(user=user, total_cents=1000 + number)
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    made.append({"id": str(user.pk), "name": user.username, "session": session})
print("\\nMADE" + json.dumps(made))
`;

/** @param url of the shop */
export async function addPeople(
  project: TempProject,
  url: string,
  asked: readonly PersonAsked[],
): Promise<readonly Person[]> {
  const people = `PEOPLE = ${JSON.stringify(JSON.stringify(asked))}\n`;
  const words = ["run", "shell", "-c", `${people}${MAKE_PEOPLE}`];
  const { exitCode, stdout, stderr } = await runWords(words, { cwd: project.folder });
  const made = /^MADE(.*)$/m.exec(stdout)?.[1];
  if (exitCode !== 0 || made === undefined) throw new Error(`nobody was made: ${stderr}`);
  const found: Person[] = [];
  for (const { session, ...one } of madeSchema.parse(JSON.parse(made))) {
    const entered = await enter(url, session);
    const token = await obtain(url, entered, "mwt_obtain", "token");
    const bearer = `Bearer ${await obtain(url, entered, "jwt_obtain", "access")}`;
    found.push({ ...one, ...entered, token, bearer });
  }
  return found;
}

/** With the permissions that the person has now. */
export function obtainToken(url: string, person: Person): Promise<string> {
  return obtain(url, person, "mwt_obtain", "token");
}

type Entered = Pick<Person, "cookie" | "csrfToken">;

/** A session has a CSRF token from its first form on. */
async function enter(url: string, session: string): Promise<Entered> {
  const headers = { cookie: `sessionid=${session}` };
  const answer = await fetch(new URL("/api/mizan/session/", url), { headers });
  const csrfToken = csrfSchema.parse(await answer.json()).csrf_token;
  const [set] = answer.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
  return { csrfToken, cookie: `sessionid=${session}; ${set}` };
}

async function obtain(
  url: string,
  { cookie, csrfToken }: Entered,
  fn: string,
  name: string,
): Promise<string> {
  const answer = await fetch(new URL("/api/mizan/call/", url), {
    method: "POST",
    headers: { cookie, "x-csrftoken": csrfToken, "content-type": "application/json" },
    body: JSON.stringify({ fn, args: {} }),
  });
  const schema = z.object({ result: z.looseObject({ [name]: z.string() }) });
  return String(schema.parse(await answer.json()).result[name]);
}
