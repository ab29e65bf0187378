/** Which Python versions each Django series supports. */

import { satisfies, valid } from "@renovatebot/pep440";

interface DjangoSeries {
  /** `major.minor`. */
  readonly series: string;
  /** First and last Python minor (3.x) that it supports. */
  readonly firstMinor: number;
  readonly lastMinor: number;
}

/**
 * Source: https://docs.djangoproject.com/en/dev/faq/install/#what-python-version-can-i-use-with-django
 * The last Python counts from the newest patch release of the series on (4.2.8 for 3.12, 5.1.3 for
 * 3.13, 5.2.8 for 3.14).
 */
const SERIES: readonly DjangoSeries[] = [
  { series: "4.2", firstMinor: 8, lastMinor: 12 },
  { series: "5.0", firstMinor: 10, lastMinor: 12 },
  { series: "5.1", firstMinor: 10, lastMinor: 13 },
  { series: "5.2", firstMinor: 10, lastMinor: 14 },
  { series: "6.0", firstMinor: 12, lastMinor: 14 },
];
/** Django newer than the table: supported from here on, without a known end. */
const NEWER_FIRST_MINOR = 12;

/** Python minors that a Django supports; null as `lastMinor`: no known end. */
export interface PythonSupport {
  readonly firstMinor: number;
  readonly lastMinor: number | null;
  /** For messages: `Django 5.2 supports Python 3.10 to 3.14`. */
  readonly reason: string;
}

/**
 * @param requirement `5.2.1`, or a PEP 440 specifier such as `>=4.2,<5`; null: not known.
 * @returns null when nothing is known that would limit the choice.
 */
export function findPythonSupport(requirement: string | null): PythonSupport | null {
  if (requirement === null || requirement === "") return null;
  const exact = valid(requirement.replace(/^={2,3}/, ""));
  if (exact !== null) return supportOfVersion(exact);
  const fitting = SERIES.filter(({ series }) => allowsSeries(requirement, series));
  const first = fitting[0];
  const last = fitting.at(-1);
  if (first === undefined || last === undefined) return null;
  const allowsNewer = satisfies("99.0", requirement);
  const lastMinor = allowsNewer ? null : Math.max(...fitting.map((entry) => entry.lastMinor));
  const firstMinor = Math.min(...fitting.map((entry) => entry.firstMinor));
  return { firstMinor, lastMinor, reason: describe(`Django${requirement}`, firstMinor, lastMinor) };
}

/** True when the support covers the version, e.g. `3.12.1`. */
export function isSupported(pythonVersion: string, support: PythonSupport | null): boolean {
  if (support === null) return true;
  const [major, minor] = pythonVersion.split(".").map(Number);
  if (major !== 3 || minor === undefined) return false;
  return minor >= support.firstMinor && (support.lastMinor === null || minor <= support.lastMinor);
}

function supportOfVersion(version: string): PythonSupport | null {
  const series = version.split(".").slice(0, 2).join(".");
  const known = SERIES.find((entry) => entry.series === series);
  if (known !== undefined) {
    const { firstMinor, lastMinor } = known;
    return { firstMinor, lastMinor, reason: describe(`Django ${series}`, firstMinor, lastMinor) };
  }
  // Older than 4.2: not supported by us, and not our place to guess; newer: the last known floor.
  if (satisfies(version, "<4.2")) return null;
  return {
    firstMinor: NEWER_FIRST_MINOR,
    lastMinor: null,
    reason: describe(`Django ${series}`, NEWER_FIRST_MINOR, null),
  };
}

/** A series fits when its first or some later patch release does. */
function allowsSeries(specifier: string, series: string): boolean {
  return ["0", "1", "99"].some((patch) => satisfies(`${series}.${patch}`, specifier));
}

function describe(django: string, firstMinor: number, lastMinor: number | null): string {
  const end = lastMinor === null ? "and later" : `to 3.${lastMinor}`;
  return `${django} supports Python 3.${firstMinor} ${end}`;
}
