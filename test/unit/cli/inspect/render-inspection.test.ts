import { join } from "node:path";
import { expect, test } from "vitest";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";
import { mergeSettingsFacts } from "../../../../cli/inspect/merge-settings-facts.ts";
import { renderInspection } from "../../../../cli/inspect/render-inspection.ts";
import { SETTINGS_FACTS } from "./settings-facts-example.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures/inspect");

test("says what the app is, what runs, what is served, and from where it knows", () => {
  const inspection = mergeSettingsFacts(
    inspectStatic(join(FIXTURES, "backend-and-frontend")),
    {
      ...SETTINGS_FACTS,
      debug: true,
      overlay: [
        { rule: "debug", setting: "DEBUG", action: "replaced", reason: "never on in a deploy" },
      ],
    },
    [{ name: "SECRET_KEY", required: true, present: false, file: "config/settings.py", line: 3 }],
  );
  expect(renderInspection(inspection).map((line) => line.trimEnd())).toMatchSnapshot();
});

test("a project without an app shows the finding and its remedy", () => {
  const lines = renderInspection(inspectStatic(join(FIXTURES, "cookiecutter")));
  expect(lines.join("\n")).toContain("APP_NOT_FOUND: This is a template for projects");
  expect(lines.at(-1)).toContain("Generate a project from the template");
});

test("paints only what it is told to", () => {
  const inspection = inspectStatic(join(FIXTURES, "startproject"));
  const painted = renderInspection(inspection, (style, text) => `<${style}>${text}</>`);
  expect(painted[0]).toBe("<bold>App</>");
  expect(painted.join("\n")).toContain("<dim>manage.py:8</>");
});
