import { describe, expect, test } from "vitest";
import { findCollectHint } from "../../../../../cli/targets/local/collect-failure.ts";
import { findLibraryHint } from "../../../../../cli/targets/local/missing-library.ts";

function errorOf(message: string, type = "OSError") {
  return { type, message, location: null, traceback: `${type}: ${message}` };
}

describe("findLibraryHint", () => {
  // Texts of Django 5.2, python-magic 0.4, WeasyPrint 66, cairocffi 1.7, psycopg 3.2, MySQLdb 2.2, pyodbc 5.
  test.each([
    ['Could not find the GDAL library (tried "gdal", "GDAL"). Is GDAL installed?', "gdal-bin"],
    ['Could not find the GEOS library (tried "geos_c", "GEOS").', "libgeos-c1v5"],
    [
      "Unable to locate the SpatiaLite library. Make sure it is in your library path, or set SPATIALITE_LIBRARY_PATH in your settings.",
      "libsqlite3-mod-spatialite",
    ],
    ["failed to find libmagic.  Check your installation", "libmagic1"],
    ["cannot load library 'libgobject-2.0-0': libgobject-2.0-0: cannot open", "libpango-1.0-0"],
    ['no library called "cairo-2" was found', "libcairo2"],
    [
      "no pq wrapper available.\n- couldn't import psycopg 'python' implementation: libpq library not found",
      "libpq5",
    ],
    ["libmariadb.so.3: cannot open shared object file: No such file or directory", "libmariadb3"],
    ["libodbc.so.2: cannot open shared object file: No such file or directory", "unixodbc"],
  ])("%s", (message, name) => {
    expect(findLibraryHint(errorOf(message))).toMatch(new RegExp(`apt-get install ${name}\\b`));
  });

  test("says nothing of other errors", () => {
    expect(findLibraryHint(errorOf("No module named 'gdal'"))).toBeUndefined();
  });
});

describe("findCollectHint", () => {
  test("asks for the keys of a bucket", () => {
    const error = errorOf("Unable to locate credentials", "NoCredentialsError");
    expect(findCollectHint(error)).toContain("AWS_ACCESS_KEY_ID");
  });

  test("else points at the file that the error names", () => {
    expect(findCollectHint(errorOf("no such file", "ValueError"))).toContain("the file it names");
  });
});
