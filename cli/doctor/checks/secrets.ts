/** DJ04, DJ16, DJ24: secrets, DEBUG, and what the settings need to be told. */

import { at, type DoctorCheck, find, pass, tellMended } from "../doctor-check.ts";

export const secretKey: DoctorCheck = {
  code: "DJ04",
  title: "SECRET_KEY",
  severity: { local: "warning", cloud: "error" },
  needs: "settings",
  check(subject) {
    const { secretKey: state } = subject.settings;
    const where = at(subject, "SECRET_KEY");
    if (state === "present") return pass("there is one, and it is no placeholder", where);
    const what = state === "absent" ? "There is no SECRET_KEY" : "SECRET_KEY is a placeholder";
    return find(
      `${what}${tellMended(subject, "secret-key")}`,
      where,
      'SECRET_KEY = os.environ["SECRET_KEY"]',
    );
  },
};

export const debug: DoctorCheck = {
  code: "DJ16",
  title: "DEBUG",
  severity: { local: "warning", cloud: "error" },
  needs: "settings",
  check(subject) {
    const where = at(subject, "DEBUG");
    if (!subject.settings.debug) return pass("it is off", where);
    return find(
      `DEBUG is on${tellMended(subject, "debug")}`,
      where,
      'DEBUG = os.environ.get("DEBUG") == "1"',
    );
  },
};

export const variables: DoctorCheck = {
  code: "DJ24",
  title: "Environment variables that the settings need",
  severity: { local: "warning", cloud: "error" },
  needs: "settings",
  check(subject) {
    const missing = subject.variables.filter(({ required, present }) => required && !present);
    const [first] = missing;
    if (first === undefined) {
      const needed = subject.variables.filter(({ required }) => required).length;
      const message = needed === 0 ? "the settings load without any" : `all ${needed} are given`;
      return pass(message, "asked for while the settings load");
    }
    return find(
      `The settings do not load without ${missing.map(({ name }) => name).join(", ")}`,
      first.file === null ? "settings" : `${first.file}:${first.line ?? 1}`,
      `Add to .env: ${missing.map(({ name }) => `${name}=…`).join(" ")}`,
    );
  },
};
