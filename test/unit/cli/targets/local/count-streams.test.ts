import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  countStreams,
  THREADS_PER_WSGI_WORKER,
} from "../../../../../cli/targets/local/count-streams.ts";

test("half of the threads that the origin has stay free", () => {
  expect(countStreams({ interface: "wsgi", workers: 3 })).toBe(6);
  expect(countStreams({ interface: "wsgi", workers: null })).toBe(2);
  expect(countStreams({ interface: "asgi", workers: 1 })).toBe(64);
});

test("a worker has as many threads as the runtime gives it", () => {
  const file = join(
    import.meta.dirname,
    "../../../../../runtime/origin/mizan_runtime/serve/run.py",
  );
  const text = readFileSync(file, "utf8");
  expect(text).toContain(`\nTHREADS_PER_WSGI_WORKER = ${THREADS_PER_WSGI_WORKER}\n`);
});
