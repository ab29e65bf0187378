/** From an app's error to the library of the system that it could not load. */

import type { AppError } from "../../../runtime/origin/contract.ts";

interface KnownLibrary {
  /** In the text that Python or the package prints when the library is not there. */
  readonly pattern: RegExp;
  readonly name: string;
  /** Of Debian and Ubuntu. */
  readonly package: string;
}

/** From specific to general; the first that matches counts. */
const KNOWN_LIBRARIES: readonly KnownLibrary[] = [
  // GeoDjango; GDAL brings GEOS and PROJ.
  { pattern: /Could not find the GDAL library/, name: "GDAL", package: "gdal-bin" },
  { pattern: /Could not find the GEOS library/, name: "GEOS", package: "libgeos-c1v5" },
  {
    pattern: /Unable to locate the SpatiaLite library|SpatiaLite requires|mod_spatialite/,
    name: "SpatiaLite",
    package: "libsqlite3-mod-spatialite",
  },
  { pattern: /failed to find libmagic/, name: "libmagic", package: "libmagic1" },
  // WeasyPrint, which loads them by cffi in this order.
  {
    pattern: /cannot load library '(?:lib)?(?:gobject-2|pango|pangoft2|harfbuzz|fontconfig)/,
    name: "Pango",
    package: "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
  },
  {
    pattern: /no library called "(?:lib)?cairo(?:-2)?" was found/,
    name: "Cairo",
    package: "libcairo2",
  },
  {
    pattern: /libpq library not found|libpq\.so\.\d+: cannot open shared object/,
    name: "libpq",
    package: "libpq5",
  },
  {
    pattern: /lib(?:mariadb|mysqlclient)\.so\.\d+: cannot open shared object/,
    name: "MariaDB's client library",
    package: "libmariadb3",
  },
  {
    pattern: /libodbc\.so\.\d+: cannot open shared object/,
    name: "unixODBC",
    package: "unixodbc",
  },
];

/** @returns the one next step; undefined when no library of the system is missing, or none we know. */
export function findLibraryHint({ message, traceback }: AppError): string | undefined {
  const text = `${message}\n${traceback}`;
  const known = KNOWN_LIBRARIES.find(({ pattern }) => pattern.test(text));
  if (known === undefined) return undefined;
  return `Install ${known.name}, which no Python package brings: apt-get install ${known.package} (Debian, Ubuntu)`;
}
