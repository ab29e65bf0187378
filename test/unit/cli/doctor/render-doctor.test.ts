import { expect, test } from "vitest";
import { renderDoctor } from "../../../../cli/doctor/render-doctor.ts";
import { runChecks } from "../../../../cli/doctor/run-checks.ts";
import { MEASURES, SUBJECT } from "./doctor-subject-example.ts";

const report = {
  environment: "local",
  target: "local",
  release: "r1",
  settingsRead: true,
  ok: true,
};

test("people read the worst first, each with its fix, and the rest in a line", () => {
  const measures = { ...MEASURES, databaseDriver: null, isSecure: { https: false, http: false } };
  const failures = [{ measure: "csrf", type: "KeyError", message: "'x'" }];
  const checks = runChecks({ ...SUBJECT, measures: { ...measures, csrf: null }, failures });
  expect(renderDoctor({ ...report, checks }).join("\n")).toMatchInlineSnapshot(`
    "Environment local (local): settings of release r1
    Must be repaired
      DJ19 No PostgreSQL driver can be imported (config/settings.py:41)
           Add "psycopg[binary]" to the dependencies.
    Should be repaired
      DJ03 Django does not see that a browser uses HTTPS (setting SECURE_PROXY_SSL_HEADER)
           SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    Not checked
      DJ02: it could not be measured: KeyError: 'x'
    In order: DJ01 DJ04 DJ05 DJ06 DJ07 DJ08 DJ09 DJ10 DJ11 DJ12 DJ13 DJ14 DJ15 DJ16 DJ17 DJ18 DJ20 DJ21 DJ22 DJ23 DJ24 DJ25"
  `);
});

test("one reason for many checks is told once", () => {
  const checks = runChecks({ ...SUBJECT, settings: null, measures: null });
  const lines = renderDoctor({ ...report, release: null, settingsRead: false, checks });
  expect(lines[0]).toBe("Environment local (local): files of the working tree only");
  expect(lines.filter((line) => line.includes("for a reason"))).toHaveLength(1);
  expect(lines.at(-1)).toBe("In order: DJ20 DJ21 DJ22");
});
