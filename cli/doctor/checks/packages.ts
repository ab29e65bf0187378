/** DJ18, DJ20, DJ21, DJ22: libraries, lock file, Python, where the parts are. */

import type { BrokenImport } from "../../../runtime/origin/doctor/contract.ts";
import type { Fact, Finding } from "../../inspect/facts.ts";
import {
  type DoctorCheck,
  type DoctorSubject,
  find,
  type Outcome,
  pass,
  skip,
  skipUnmeasured,
} from "../doctor-check.ts";

export const imports: DoctorCheck = {
  code: "DJ18",
  title: "Libraries of the system",
  severity: { local: "error", cloud: "error" },
  needs: "files",
  check(subject) {
    const { loadError, measures, settings } = subject;
    const broken = [...(measures?.brokenApps ?? []), ...(measures?.brokenLibraries ?? [])];
    const [first] = broken;
    if (first !== undefined) return findBroken(broken, first);
    if (loadError !== null) {
      return find(
        `The app does not start: ${loadError.type}: ${loadError.message}`,
        loadError.location ?? "the settings",
        "Fix it; mizan deploy would stop here.",
      );
    }
    if (measures === null || settings === null) return skip(subject.reason);
    if (measures.brokenApps === null) return skipUnmeasured(subject, "brokenApps");
    if (measures.brokenLibraries === null) return skipUnmeasured(subject, "brokenLibraries");
    const count = settings.installedApps.length;
    return pass(`all ${count} of INSTALLED_APPS were imported`, "the release's environment");
  },
};

function findBroken(broken: readonly BrokenImport[], first: BrokenImport): Outcome {
  const told = broken.map(({ name, type, message }) => `${name} (${type}: ${message})`);
  return find(
    `Cannot be imported: ${told.join("; ")}`,
    first.name,
    first.type === "ModuleNotFoundError"
      ? "Add the package to the dependencies, or take the app out of INSTALLED_APPS."
      : "Install the library that the message names on this machine.",
  );
}

export const packageManager: DoctorCheck = {
  code: "DJ20",
  title: "Package manager and lock file",
  severity: { local: "warning", cloud: "warning" },
  needs: "files",
  check(subject) {
    const codes = [
      "LOCK_MISSING",
      "LOCK_FILES_SEVERAL",
      "REQUIREMENTS_IGNORED",
      "DEPENDENCIES_NOT_FOUND",
      "DJANGO_NOT_LISTED",
    ];
    return (
      takeFinding(subject, codes) ??
      passFact(subject.facts["backend.packageManager"], (manager) => `${manager} decides`)
    );
  },
};

export const pythonVersion: DoctorCheck = {
  code: "DJ21",
  title: "Python version",
  severity: { local: "warning", cloud: "warning" },
  needs: "files",
  check(subject) {
    const codes = ["PYTHON_VERSIONS_DISAGREE", "PYTHON_VERSION_UNREADABLE"];
    const found = takeFinding(subject, codes);
    if (found !== null) return found;
    const fact = subject.facts["backend.python"];
    const used = subject.facts["settings.python"]?.value;
    const runs = used === undefined ? "" : `, runs ${used}`;
    return pass(
      fact?.value ? `${fact.value} is asked for${runs}` : `no file asks for one${runs}`,
      fact?.from ?? "no file",
    );
  },
};

export const layout: DoctorCheck = {
  code: "DJ22",
  title: "Backend and frontend in one repository",
  severity: { local: "warning", cloud: "warning" },
  needs: "files",
  check(subject) {
    const found = takeFinding(subject, ["FRONTEND_OUTPUT_UNKNOWN", "PACKAGE_NOT_BUILT"]);
    if (found !== null) return found;
    const roots = (subject.facts.frontends?.value ?? []).map(({ root }) => root);
    const frontends = roots.length === 0 ? "no frontend" : `frontend in ${roots.join(", ")}`;
    return passFact(subject.facts["backend.root"], (root) => `backend in ${root}, ${frontends}`);
  },
};

/** The worst of the static inspection's findings of these codes. */
function takeFinding(subject: DoctorSubject, codes: readonly string[]): Outcome | null {
  const order: readonly Finding["severity"][] = ["error", "warning", "info"];
  const [worst] = subject.staticFindings
    .filter(({ code }) => codes.includes(code))
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  if (worst === undefined) return null;
  const { message, evidence, hint, severity } = worst;
  return { status: "finding", message, evidence, hint, severity };
}

function passFact<T>(fact: Fact<T> | undefined, tell: (value: T) => string): Outcome {
  if (fact === undefined) return pass("nothing of the kind was found", "no file");
  return pass(tell(fact.value), fact.from);
}
