import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { CONFIG_SCHEMA } from "../../../cli/config/schema.ts";
import { planComponents } from "../../../cli/targets/local/mizan/plan-components.ts";
import { Gallery } from "./gallery.ts";

const gallery = new Gallery();

beforeEach(() => gallery.reset());
afterAll(() => gallery.end());

async function plan(pages: object = {}, templateFolders = ["frontend/components"]) {
  const tree = await gallery.copy();
  const config = CONFIG_SCHEMA.parse({ pages });
  return planComponents({ tree, templateFolders, pages: config.pages });
}

describe("what a plan says of components", () => {
  it("is nothing where there are none", async () => {
    expect(await plan({}, [])).toEqual({ changes: [], findings: [] });
  });

  it("counts them, names pages, and those that need Node with the way to it; nothing is installed", async () => {
    gallery.write(
      "frontend/lib/files.ts",
      'import { readFileSync } from "node:fs";\nexport const read = () => readFileSync("a");',
    );
    const importing = 'import { read } from "../lib/files";';
    gallery.write(
      "frontend/components/a.tsx",
      `${importing}\nexport default () => <p>{read()}</p>;`,
    );
    gallery.write("frontend/components/b.vue", `<script setup>\n${importing}\nread();\n</script>`);
    gallery.write("frontend/components/c.svelte", `<script>\n${importing}\nread();\n</script>`);
    gallery.write(
      "frontend/components/d.tsx",
      'import fs from "fs";\nexport default () => fs.sep;',
    );
    const { changes, findings } = await plan({ "/": { component: "frontend/pages/home.tsx" } });
    expect(findings).toEqual([]);
    expect(changes.map(({ text }) => text)).toEqual([
      "10 components rendered on the server",
      ...["a.tsx", "b.vue", "c.svelte"].map(
        (name) =>
          `frontend/components/${name} on the SSR server alone: imports node:fs (frontend/components/${name} → frontend/lib/files.ts)`,
      ),
      "frontend/components/d.tsx on the SSR server alone: imports fs (frontend/components/d.tsx)",
      "page /: frontend/pages/home.tsx",
    ]);
  });

  it("names the file that is not there, unless it may be generated", async () => {
    gallery.write("frontend/components/a.tsx", 'import "../lib/gone";\nexport default () => null;');
    const findings = [
      expect.objectContaining({
        severity: "warning",
        message: "Cannot find module '../lib/gone', imported by frontend/components/a.tsx",
        evidence: "frontend/components/a.tsx",
      }),
    ];
    expect((await plan()).findings).toEqual(findings);
    gallery.write("mizan.toml", "");
    expect((await plan()).findings).toEqual([]);
  });

  it.each([
    ["frontend/pages/hom.tsx", "does not exist", "Did you mean frontend/pages/home.tsx?"],
    ["./frontend/pages/home.tsx", "does not exist", "Did you mean frontend/pages/home.tsx?"],
    ["pages/home.tsx", "does not exist", "Did you mean frontend/pages/home.tsx?"],
    ["frontend/tsconfig.json", "is no component", "Name a .tsx, .jsx, .vue or .svelte file"],
    ["frontend/components/not-a-component.tsx", "has no default export", "by export default"],
  ])("is an error for a page whose component cannot be one: %s", async (component, what, hint) => {
    const { findings } = await plan({ "/": { component } });
    expect(findings).toEqual([
      expect.objectContaining({
        code: "COMPONENTS",
        severity: "error",
        message: `pages: ${component} ${what}`,
        hint: expect.stringContaining(hint),
      }),
    ]);
  });

  it("is an error with the line where a file cannot be parsed", async () => {
    gallery.write("frontend/components/a.tsx", "export default () => (\n  <p>\n);");
    const { findings } = await plan();
    expect(findings).toEqual([
      expect.objectContaining({
        severity: "error",
        evidence: expect.stringMatching(/^frontend\/components\/a\.tsx:\d+/),
      }),
    ]);
  });
});
