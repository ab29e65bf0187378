/** Check `root`: the page at `/`, where Django serves it. */

import { type Check, fail, pass, skip } from "./check.ts";
import { describeExchange } from "./question.ts";
import type { ConformanceSubject } from "./verify-conformance.ts";

/** Django's page for a refused host, with DEBUG on and off: django/views/defaults.py, bad_request. */
const REFUSED_HOST = /DisallowedHost|<h1>Bad Request \(400\)<\/h1>/;

/** Anything but a server error is a page that works: login redirects and 404s are the app's choice. */
export async function checkPages(subject: ConformanceSubject): Promise<readonly Check[]> {
  if (!subject.asksRoot) return [skip("root", "the frontend serves it")];
  const question = { method: "GET", path: "/", headers: { accept: "text/html" } } as const;
  const answer = await subject.askOrigin(question);
  const evidence = describeExchange(question, answer);
  if (answer.status === 400 && REFUSED_HOST.test(answer.body)) {
    return [fail("root", "ALLOWED_HOSTS refuses the public host", evidence)];
  }
  if (answer.status >= 500) return [fail("root", "the page fails", evidence)];
  return [pass("root", `answers ${answer.status}`)];
}
