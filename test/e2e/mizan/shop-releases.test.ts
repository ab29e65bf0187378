/** Releases of a Mizan app that are wrong are stopped by the probe; while an old one still works, what changed is held. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TempProject } from "../../helpers/temp-project.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { expectFailure, fetchText, urlOf } from "../use/use-mizan.ts";
import { writeGeneratedFrontend } from "./generated-frontend.ts";
import { askMark, createShopProject, replaceConfig } from "./shop-project.ts";

const CATALOG = "/api/mizan/ctx/catalog/?page=1";
const DELIVERY = "/api/mizan/ctx/delivery/";
const EXPORT = "backend/vendor/mizan/mizan/export/__init__.py";
const CLIENTS = "backend/catalogue/clients.py";
const WSGI = "backend/config/wsgi.py";
/** The hold's longest: 30 s for the switch, then the limit below and 4 s (edge-consistency 1, H). */
const HOLD_SECONDS = 30 + 1 + 4;

let project: TempProject;
let url = "";
let live: unknown;
beforeAll(async () => {
  project = await createShopProject();
  await writeGeneratedFrontend(project.folder);
  const frontend = { root: "frontend", build: "build", output: "frontend/dist" };
  const config = { edge: { requestLimitSeconds: 1 }, facts: { frontends: [frontend] } };
  await replaceConfig(project, config);
  project.commit("Generated clients");
});
afterAll(() => project.remove());

/** A file is another one for the length of a test. */
async function withEdit(
  path: string,
  change: (text: string) => string,
  test: () => Promise<void>,
): Promise<void> {
  let before = "";
  await project.edit(path, (text) => {
    before = text;
    return change(text);
  });
  try {
    await test();
  } finally {
    await project.edit(path, () => before);
  }
}

const withText = (path: string, text: string, test: () => Promise<void>) =>
  withEdit(path, (before) => `${before}\n${text}\n`, test);

describe("before anything is live", () => {
  it.each(["verify", "edge stats", "edge explain /", "edge purge --all"])(
    "`mizan %s` says so, and how to change that",
    async (words) => {
      const { message, hint } = await expectFailure(project, words.split(" "), "NOTHING_LIVE");
      expect([message, hint]).toEqual(["Nothing is live here.", "mizan deploy"]);
    },
  );
});

it("an app with mizan.toml: clients of the release's own backend are in its page", async () => {
  const result = await project.mizan(["deploy"]);
  url = urlOf(result);
  live = result["release"];
  expect(result["edge"]).toBe("Edge: caches 6 of 7 contexts and 2 pages.");
  const page = await fetchText(url, "/");
  for (const name of ["product_detail", "set_price", "current_user"]) expect(page).toContain(name);
});

describe("a release that is wrong takes no traffic, and the live one goes on warm:", () => {
  async function expectStopped(check: string, reason: string | RegExp): Promise<void> {
    await askMark(url, CATALOG);
    const { message, details } = await expectFailure(project, ["deploy"], "RELEASE_UNHEALTHY");
    expect(message).toMatch(reason);
    expect(message).toContain("took no traffic");
    expect(details).toMatchObject({ check });
    expect(await askMark(url, CATALOG)).toBe("HIT");
    expect(await project.mizan(["status"])).toMatchObject({ release: live, state: "up" });
  }

  it("its manifest cannot be exported", () =>
    withText(EXPORT, 'def generate_edge_manifest_json(*args):\n    raise KeyError("rev")', () =>
      expectStopped(
        "manifest",
        /export_edge_manifest fails at .*__init__\.py:\d+: KeyError: 'rev'/,
      ),
    ));

  it("its manifest is no JSON", () =>
    withText(EXPORT, 'def generate_edge_manifest_json(*args):\n    return "none today"', () =>
      expectStopped("manifest", /printed no JSON object, but: 'none today/),
    ));

  it("its manifest gives two contexts one address", () => {
    const own = '[f"{base_url}/ctx/{name}/"]';
    const shared = '[f"{base_url}/ctx/{name}/", f"{base_url}/ctx/catalog/"]';
    return withEdit(
      EXPORT,
      (text) => text.replace(own, shared),
      () => expectStopped("manifest", /contexts\.catalog\.endpoints\[0\]: belongs to cart, too/),
    );
  });

  it("its Edge ring is another one", () => {
    const ring = `from mizan_runtime.edge.ring import EdgeRing
EdgeRing._current = lambda self: {"other": b"other"}`;
    return withText(WSGI, ring, () =>
      expectStopped("rings", /does not know key [0-9a-f]{16} of the Edge ring/),
    );
  });

  it("its runtime does not say what a request wrote", () => {
    const silence = `import mizan_runtime.edge.wsgi
mizan_runtime.edge.wsgi.verify_intent = lambda *words: None`;
    return withText(WSGI, silence, () =>
      expectStopped("edge", /no X-Mizan-Wrote that a key of the Edge ring signed/),
    );
  });

  it("its URLconf has no contexts", () => {
    const route = 'path("api/mizan/", include("mizan.urls")),';
    return withEdit(
      "backend/config/urls.py",
      (text) => text.replace(route, ""),
      () => expectStopped("context delivery", /the URLconf does not have it/),
    );
  });
});

describe("while the release before still answers a request", () => {
  /** A plain view: it waits for a file, then writes past every manifest. */
  const buildSlowView = (gate: string) => `
def slow(request):
    import os, time
    from django.http import HttpResponse
    from catalogue.models import Product
    while not os.path.exists(${JSON.stringify(gate)}):
        time.sleep(0.05)
    Product.objects.filter(pk=1).update(price_cents=4321)
    return HttpResponse("written")
urlpatterns = [path("slow/", slow), *urlpatterns]
`;
  let gate = "";
  let slow: Promise<string>;
  let heldSinceMs = 0;
  afterAll(() => writeFile(gate, "")); // whatever has failed: the request must end

  it("contexts that changed are held, all others stay warm", async () => {
    gate = join(project.folder, ".mizan/gate");
    await project.edit("backend/config/urls.py", (text) => text + buildSlowView(gate));
    await project.mizan(["deploy"]);
    for (const path of [CATALOG, DELIVERY]) await askMark(url, path);
    slow = fetchText(url, "/slow/");
    slow.catch(() => undefined); // told where it is awaited
    await project.edit(CLIENTS, (text) => text.replace("rev=2", "rev=3"));
    await project.mizan(["deploy"]);
    heldSinceMs = performance.now();
    expect(await askMark(url, DELIVERY)).toBe("BYPASS; reason=held");
    expect(await askMark(url, CATALOG)).toBe("HIT");
    const { edge } = await project.mizan(["status"]);
    expect(edge).toBe(
      "Edge: caches 6 of 7 contexts and 2 pages, some held until the release before has finished.",
    );
  });

  it("a deploy of nothing new does not end the hold", async () => {
    expect(await project.mizan(["deploy"])).toMatchObject({ unchanged: true });
    expect(await askMark(url, DELIVERY)).toBe("BYPASS; reason=held");
    await writeFile(gate, "");
    expect(await slow).toBe("written");
  });

  it("the hold ends by itself, and each key misses once", async () => {
    expect(heldSinceMs, "it was held").toBeGreaterThan(0);
    const leftSeconds = HOLD_SECONDS - (performance.now() - heldSinceMs) / 1_000;
    const ask = async () => {
      const mark = await askMark(url, DELIVERY);
      return mark === "BYPASS; reason=held" ? null : mark;
    };
    const options = { timeoutSeconds: Math.max(0, leftSeconds) + 5, intervalMs: 250 };
    expect(await waitFor("the hold's end", ask, options)).toBe("MISS");
    expect(await askMark(url, DELIVERY)).toBe("HIT");
    expect((await project.mizan(["status"]))["edge"]).toBe(
      "Edge: caches 6 of 7 contexts and 2 pages.",
    );
  });
});
