import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuiltComponents } from "../../../cli/build/components/build-components.ts";
import { buildFrontends } from "../../../cli/build/frontend/build-frontends.ts";
import type { SourceTree } from "../../../cli/build/source-tree.ts";
import type { Frontend } from "../../../cli/inspect/facts.ts";
import { type Ask, Gallery } from "./gallery.ts";

const HOME = "frontend/src/pages/home.tsx";
const gallery = new Gallery("workshop");
const frontends: readonly Frontend[] = [
  {
    root: "frontend",
    packageManager: "npm",
    framework: "react",
    bundler: "vite",
    build: "build",
    output: "frontend/dist",
  },
];
let tree: SourceTree;
let documentFolder: string;
let built: BuiltComponents;
let edge: Ask;

/** The frontend is built by the app's own Vite, as in a deploy, and the components after it. */
beforeAll(async () => {
  await gallery.start();
  gallery.reset();
  tree = await gallery.copy();
  const cacheFolder = join(gallery.folder, "frontend");
  const result = await buildFrontends({ ...gallery.options(), frontends, tree, cacheFolder });
  documentFolder = result.built[0]?.outputFolder ?? "";
  built = await build();
  edge = await gallery.runEdge(built);
});
afterAll(() => gallery.end());

async function build(more: Parameters<Gallery["build"]>[0] = {}): Promise<BuiltComponents> {
  const result = await gallery.build({
    tree,
    frontends,
    templateFolders: ["frontend/src/components"],
    pageComponents: [HOME],
    documentFolder,
    ...more,
  });
  if (result === null) throw new Error("no components were found");
  return result;
}

function listAssets(): readonly string[] {
  return readdirSync(join(documentFolder, "assets"));
}

function readBuiltStyles(): string {
  const name = listAssets().find((each) => each.endsWith(".css")) ?? "";
  return readFileSync(join(documentFolder, "assets", name), "utf8");
}

async function renderInner(component: string): Promise<string> {
  const { text } = await edge("/render", { component, props: { path: "/" }, output: "inner" });
  return text;
}

describe("beside the app's own Vite build, the components", () => {
  it("have its aliases, constants, class names and URLs of pictures", async () => {
    expect(built.warnings).toEqual([]);
    const names = [...readBuiltStyles().matchAll(/\.(_[\w-]+)\{/g)].map(([, name]) => name);
    const [page, print] = names;
    const text = await renderInner(HOME);
    const kiln = listAssets().find((name) => name.startsWith("kiln-"));
    expect(text).toContain(`<main class="${page}">`);
    expect(text).toContain(`<p class="${print}">Workshop at /, third</p>`);
    expect(text).toContain(`<img alt="The kiln" src="/static/assets/${kiln}"/>`);
    expect(text).toMatch(/<img alt="Our mark" src="data:image\/svg\+xml;base64,[\w+/=]+"\/>/);
  });

  it("have the names of scoped styles that the build gives Vue's and Svelte's", async () => {
    const css = readBuiltStyles();
    const scope = /\.plate\[(data-v-\w+)\]/.exec(css)?.[1];
    const hashed = /\.tile\.(svelte-\w+)/.exec(css)?.[1];
    expect(await renderInner("frontend/src/components/plate.vue")).toBe(
      `<p class="plate" ${scope}>Workshop at /</p>`,
    );
    expect(await renderInner("frontend/src/components/tile.svelte")).toContain(
      `<p class="tile ${hashed}">Workshop at /</p>`,
    );
  });

  it("are put into the document of its index.html, with its assets", async () => {
    const nonce = "0123456789abcdef";
    const props = { path: "/", params: {}, language: null, contexts: {} };
    const { status, text } = await edge("/page", { component: HOME, nonce, props, late: [] });
    expect(status).toBe(200);
    expect(text.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    expect(text.endsWith(`</html>\n<!--mizan:${nonce}:complete-->`)).toBe(true);
    const script = listAssets().find((name) => name.endsWith(".js"));
    expect(text).toContain(`src="/static/assets/${script}"`);
    expect(text).toMatch(/<div id="mizan-root"><main class=/);
    expect(text).not.toContain('<div id="root">');
  });

  it("find pictures of a build that serves no document, too", async () => {
    const { warnings, folder } = await build({
      templateFolders: ["frontend/src/pages"],
      pageComponents: [],
      documentFolder: null,
    });
    expect(warnings).toEqual([]);
    const names = readdirSync(join(folder, "bun"));
    const text = names.map((name) => readFileSync(join(folder, "bun", name), "utf8")).join("\n");
    expect(text).toMatch(/"\/static\/assets\/kiln-[\w-]+\.svg"/);
  });

  it("are bundled anew when the document is another one", async () => {
    expect((await build()).isNew).toBe(false);
    const other = join(gallery.folder, "other");
    mkdirSync(other);
    gallery.write("../other/index.html", '<body><div id="app"></div></body>');
    const rebuilt = await build({ documentFolder: other });
    expect(rebuilt.hash).not.toBe(built.hash);
    expect(rebuilt.document?.start).toBe("");
    // Its pictures are gone, and that is said.
    expect(rebuilt.warnings).toEqual([expect.stringContaining("pictures/kiln.svg")]);
  });

  it("need a document when they are pages", async () => {
    await expect(build({ documentFolder: null })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: "pages: no frontend's build has an index.html for them",
    });
  });
});
