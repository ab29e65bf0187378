import { describe, expect, test } from "vitest";
import { listEngines } from "../../../../cli/inspect/database-engines.ts";

function enginesOf(text: string): readonly string[] {
  return listEngines({ path: "settings.py", text }).map(
    ({ vendor, isDefault, at }) => `${vendor}${isDefault ? "*" : ""} ${at}`,
  );
}

describe("listEngines", () => {
  test("marks the default database among several", () => {
    const text = `DATABASES = {
    "legacy": {"ENGINE": "django.db.backends.mysql", "OPTIONS": {"a": [1]}},
    "default": {
        "OPTIONS": {"x": {"y": 1}},
        "ENGINE": "django.db.backends.postgresql",
    },
    'other': dj_database_url.parse("sqlite:///x"),
}
`;
    expect(enginesOf(text)).toEqual([
      "mysql settings.py:2",
      "postgresql* settings.py:5",
      "sqlite settings.py:7",
    ]);
  });

  test("a call with arguments over several lines is one value", () => {
    const text = `DATABASES = {"default": env.db(
    "DATABASE_URL",
    default="mysql://localhost/app",
), "other": {"ENGINE": "django.db.backends.oracle"}}
`;
    expect(enginesOf(text)).toEqual(["mysql* settings.py:3", "oracle settings.py:4"]);
  });

  test.each([
    'DATABASES["default"] = dj_database_url.config(default="postgres://x/y")\n',
    'DATABASES["default"]["ENGINE"] = "django_prometheus.db.backends.postgresql"\n',
    "DATABASES = {'default': {'ENGINE': 'django.contrib.gis.db.backends.postgis'}}",
    'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"',
  ])("%s", (text) => {
    expect(enginesOf(text)).toEqual(["postgresql* settings.py:1"]);
  });

  test("the default of something else is no database", () => {
    const text = 'CACHES = {"default": {"LOCATION": "redis://x"}}\nURL = "sqlite:///x"\n';
    expect(enginesOf(text)).toEqual(["sqlite settings.py:2"]);
  });
});
