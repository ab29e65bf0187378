import { describe, expect, test } from "vitest";
import type { DoctorSubject } from "../../../../cli/doctor/doctor-check.ts";
import { DOCTOR_CHECKS } from "../../../../cli/doctor/doctor-checks.ts";
import { type CheckResult, listFindings, runChecks } from "../../../../cli/doctor/run-checks.ts";
import { SECURITY_MESSAGES } from "../../../../cli/doctor/security-messages.ts";
import type { Facts } from "../../../../cli/inspect/facts.ts";
import type { SettingsFacts } from "../../../../runtime/origin/contract.ts";
import type { DoctorMeasures } from "../../../../runtime/origin/doctor/contract.ts";
import { SETTINGS_FACTS } from "../inspect/settings-facts-example.ts";
import { MEASURES, SUBJECT } from "./doctor-subject-example.ts";

const CODES = Array.from({ length: 25 }, (_, index) => `DJ${String(index + 1).padStart(2, "0")}`);

interface Change {
  readonly settings?: Partial<SettingsFacts>;
  readonly measures?: Partial<DoctorMeasures>;
  readonly facts?: Facts;
  readonly subject?: Partial<DoctorSubject>;
}

function change({ settings, measures, facts, subject }: Change): DoctorSubject {
  return {
    ...SUBJECT,
    settings: { ...SETTINGS_FACTS, ...settings },
    measures: { ...MEASURES, ...measures },
    facts: { ...SUBJECT.facts, ...facts },
    ...subject,
  };
}

const judge = (made: Change) => runChecks(change(made));
const problems = (checks: readonly CheckResult[]) =>
  checks.filter(({ status }) => status !== "ok").map(({ code, message }) => `${code}: ${message}`);

const processes = (command: string, name = "web"): Facts => ({
  processes: { value: { [name]: command }, from: "Procfile", confidence: "certain", override: "" },
});
const asgi: Facts = {
  "backend.interface": { value: "asgi", from: "s", confidence: "certain", override: "" },
};
const finding = (code: string, severity: "warning" | "info" = "warning") => ({
  staticFindings: [{ code, severity, message: "m", evidence: "e", hint: "h" }],
});
const celery = { app: "config.celery:app", beat: true, broker: "redis" } as const;
const postgres = (host: "none" | "remote", connMaxAge = 0) => ({
  default: { engine: "x", vendor: "postgresql", host, connMaxAge } as const,
});
const broken = [{ name: "maps", type: "OSError", message: "no libgdal" }];
const variable = { name: "KEY", required: true, present: false, file: "s.py", line: 3 };
const noDatabaseUrl = { databaseVariables: [] };

/** What makes each check a finding, its severity on one machine and in a cloud. */
const BAD: readonly [string, Change, string, string][] = [
  ["DJ01", { settings: { allowedHosts: ["*"] } }, "warning", "error"],
  ["DJ01", { measures: { health: { live: 400, ready: 503 } } }, "warning", "error"],
  [
    "DJ02",
    { measures: { csrf: { refusedOrigins: ["https://a.test"], originsWithoutScheme: 0 } } },
    "warning",
    "error",
  ],
  [
    "DJ02",
    { measures: { csrf: { refusedOrigins: [], originsWithoutScheme: 1 } } },
    "warning",
    "error",
  ],
  ["DJ03", { measures: { isSecure: { https: false, http: false } } }, "warning", "error"],
  ["DJ03", { measures: { isSecure: { https: true, http: true } } }, "warning", "error"],
  ["DJ04", { settings: { secretKey: "placeholder" } }, "warning", "error"],
  ["DJ05", { settings: { static: { ...SETTINGS_FACTS.static, root: null } } }, "warning", "error"],
  [
    "DJ06",
    {
      measures: {
        staticFiles: {
          isCollected: true,
          hasManifest: true,
          missing: [{ template: "t.html", file: "a.css" }],
        },
      },
    },
    "error",
    "error",
  ],
  ["DJ07", { facts: processes("python manage.py migrate && gunicorn x") }, "info", "info"],
  [
    "DJ08",
    {
      measures: {
        databases: { default: { isPooled: true, hasServerSideCursors: true, hasOwnPool: false } },
      },
    },
    "warning",
    "error",
  ],
  ["DJ09", { facts: asgi, settings: { databases: postgres("none", 60) } }, "warning", "error"],
  [
    "DJ10",
    { subject: { mechanisms: { workers: 17, workerStopSeconds: 120, isReleased: true } } },
    "warning",
    "warning",
  ],
  ["DJ11", { measures: { server: { gunicorn: null, uvicornWorker: null } } }, "error", "error"],
  [
    "DJ11",
    { facts: asgi, measures: { server: { gunicorn: "23", uvicornWorker: null } } },
    "error",
    "error",
  ],
  ["DJ12", { facts: asgi, settings: { channels: { layer: "memory" } } }, "warning", "error"],
  ["DJ12", { settings: { channels: { layer: "redis" } } }, "warning", "error"],
  ["DJ13", { facts: processes("celery -A config worker -B", "worker") }, "info", "info"],
  ["DJ14", { settings: { celery }, measures: { longestTaskSeconds: 300 } }, "warning", "warning"],
  ["DJ15", { settings: { media: { ...SETTINGS_FACTS.media, local: true } } }, "info", "error"],
  ["DJ16", { settings: { debug: true } }, "warning", "error"],
  ["DJ17", { measures: { securityChecks: ["security.W002"] } }, "warning", "warning"],
  ["DJ17", { measures: { securityChecks: ["shop.W001"] } }, "warning", "warning"],
  ["DJ18", { measures: { brokenApps: broken } }, "error", "error"],
  ["DJ18", { measures: { brokenLibraries: broken } }, "error", "error"],
  [
    "DJ18",
    {
      subject: {
        loadError: { type: "NameError", message: "x", location: "a.py:1", traceback: "" },
      },
    },
    "error",
    "error",
  ],
  ["DJ19", { measures: { databaseDriver: null } }, "error", "error"],
  ["DJ20", { subject: finding("LOCK_FILES_SEVERAL") }, "warning", "warning"],
  ["DJ21", { subject: finding("PYTHON_VERSIONS_DISAGREE") }, "warning", "warning"],
  ["DJ22", { subject: finding("FRONTEND_OUTPUT_UNKNOWN") }, "warning", "warning"],
  ["DJ23", { measures: noDatabaseUrl }, "warning", "error"],
  ["DJ24", { subject: { variables: [variable] } }, "warning", "error"],
  ["DJ25", { measures: { health: { live: 200, ready: 200 } } }, "error", "error"],
];

describe("the table", () => {
  test("has each of DJ01 to DJ25 once, in order", () => {
    expect(DOCTOR_CHECKS.map(({ code }) => code)).toEqual(CODES);
  });

  test("passes a sound app by every check, each with how it knows", () => {
    const checks = judge({});
    expect(problems(checks)).toEqual([]);
    expect(checks.filter(({ evidence }) => evidence === "")).toEqual([]);
  });

  test("every check has a case that it finds", () => {
    expect([...new Set(BAD.map(([code]) => code))]).toEqual(CODES);
  });
});

describe("each finding", () => {
  test.each(BAD)(
    "%s is of its check alone, with one fix and its severity",
    (code, made, local, cloud) => {
      const checks = judge(made);
      const found = checks.filter(({ status }) => status === "finding");
      // A health endpoint that does not live is the matter of two checks.
      expect(found.map((check) => check.code)).toContain(code);
      if (made.measures?.health === undefined) expect(found).toHaveLength(1);
      const [one] = found.filter((check) => check.code === code);
      expect(one).toMatchObject({ severity: local });
      expect(one?.evidence).not.toBe("");
      expect(one?.hint).not.toBe("");
      const subject = change({ ...made, subject: { ...made.subject, target: "cloud" } });
      const inCloud = runChecks(subject).find((check) => check.code === code);
      expect(inCloud).toMatchObject({ status: "finding", severity: cloud });
    },
  );
});

describe("what cannot be checked is said by name", () => {
  test("without settings: all but what the files say", () => {
    const checks = runChecks({ ...SUBJECT, settings: null, measures: null });
    const unchecked = checks.filter(({ status }) => status === "not-checked");
    expect(unchecked).toHaveLength(22);
    expect(new Set(unchecked.map(({ message }) => message))).toEqual(new Set(["for a reason"]));
    expect(checks.filter(({ status }) => status === "ok").map(({ code }) => code)).toEqual([
      "DJ20",
      "DJ21",
      "DJ22",
    ]);
  });

  test("a measure that failed, with its error", () => {
    const failures = [{ measure: "health", type: "TypeError", message: "no app" }];
    const checks = judge({ measures: { health: null }, subject: { failures } });
    expect(problems(checks)).toEqual(
      ["DJ01", "DJ25"].map((code) => `${code}: it could not be measured: TypeError: no app`),
    );
  });

  test("a pooler by an unusual name", () => {
    expect(problems(judge({ settings: { databases: postgres("remote") } }))).toEqual([
      'DJ08: neither port nor host of database "default" is a usual one of a pooler; one by another name cannot be seen',
    ]);
  });

  test("a manifest that is not made yet", () => {
    const staticFiles = { isCollected: false, hasManifest: false, missing: null };
    const mechanisms = { workers: 3, workerStopSeconds: 120, isReleased: false };
    expect(problems(judge({ measures: { staticFiles }, subject: { mechanisms } }))).toEqual([
      "DJ06: nothing is collected yet, so there is no manifest: a deploy makes it",
    ]);
  });
});

describe("what mizan takes care of here is no finding", () => {
  test("Django's messages about HTTPS on one machine; in a cloud the cookies remain the app's", () => {
    const securityChecks = ["security.W004", "security.W008", "security.W012", "security.W016"];
    expect(problems(judge({ measures: { securityChecks } }))).toEqual([]);
    const [told] = problems(judge({ measures: { securityChecks }, subject: { target: "cloud" } }));
    expect(told).toContain("security.W012");
    expect(told).not.toContain("security.W004");
  });

  test("the overlay's own database, and a SQLite file, need no variable", () => {
    const overlay = [{ rule: "database", setting: "d", action: "replaced", reason: "r" }] as const;
    expect(problems(judge({ settings: { overlay }, measures: noDatabaseUrl }))).toEqual([]);
    const databases = {
      default: { engine: "x", vendor: "sqlite", host: "file", connMaxAge: 0 },
    } as const;
    expect(problems(judge({ settings: { databases }, measures: noDatabaseUrl }))).toEqual([]);
  });

  test("an unsafe default that the overlay replaces is told as such", () => {
    const overlay = [{ rule: "debug", setting: "DEBUG", action: "replaced", reason: "r" }] as const;
    expect(problems(judge({ settings: { debug: true, overlay } }))).toEqual([
      "DJ16: DEBUG is on; mizan's settings overlay replaces it here",
    ]);
  });

  test("the Procfile's release may migrate, its beat be a process", () => {
    expect(problems(judge({ facts: processes("python manage.py migrate", "release") }))).toEqual(
      [],
    );
    expect(problems(judge({ facts: processes("celery -A config beat", "beat") }))).toEqual([]);
  });
});

test("inspect's findings are the doctor's where facts decide", () => {
  const subject = change({
    settings: { debug: true, media: { ...SETTINGS_FACTS.media, local: true } },
  });
  const inspected = listFindings({ ...subject, measures: null, mechanisms: null });
  expect(inspected.map(({ code }) => code)).toEqual(["DJ15", "DJ16"]);
  const judged = runChecks(subject).filter(({ status }) => status === "finding");
  expect(judged).toMatchObject(inspected);
});

test("every security message has one line to set", () => {
  for (const [id, { fix, problem }] of Object.entries(SECURITY_MESSAGES)) {
    expect(fix.split("\n"), id).toHaveLength(1);
    expect(problem, id).not.toBe("");
  }
});
