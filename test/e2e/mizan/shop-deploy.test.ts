import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TempProject } from "../../helpers/temp-project.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { expectFailure, fetchText, runWords, urlOf } from "../use/use-mizan.ts";
import { askMark, createShopProject } from "./shop-project.ts";

const CATALOG = "/api/mizan/ctx/catalog/?page=1";
const DELIVERY = "/api/mizan/ctx/delivery/";
const PRODUCT = "/api/mizan/ctx/product/?product_id=1";

let project: TempProject;
let url: string;
let first: string;
beforeAll(async () => {
  project = await createShopProject();
  const result = await project.mizan(["deploy"]);
  url = urlOf(result);
  first = String(result["release"]);
});
afterAll(() => project.remove());

async function warm(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await askMark(url, path);
    expect(await askMark(url, path), path).toBe("HIT");
  }
}

describe("a deployed Mizan app", () => {
  it("is cached: status says how much, a context is missed once and hit then", async () => {
    const status = await project.mizan(["status"]);
    expect(status["edge"]).toBe("Edge: caches 7 contexts.");
    expect(await askMark(url, CATALOG)).toBe("MISS");
    expect(await askMark(url, CATALOG)).toBe("HIT");
  });

  it("runs with keys of this environment, which only their owner can read", async () => {
    const folder = join(project.folder, ".mizan/env/local");
    for (const name of ["edge-keys.json", "mizan-secrets.json", "edge-state.json"]) {
      expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600);
    }
  });

  it("passes every check of `mizan verify`, the Edge's among them", async () => {
    const result = await project.mizan(["verify"]);
    expect(result).toMatchObject({ ok: true, release: first });
    const checks = result["checks"] as { name: string; ok: boolean; skipped: boolean }[];
    const made = checks.filter(({ skipped }) => !skipped).map(({ name }) => name);
    expect(made).toEqual(
      expect.arrayContaining([
        "rings",
        "manifest",
        "token",
        "context global",
        "login-only",
        "edge",
      ]),
    );
  });

  it("is explained and counted", async () => {
    await warm(PRODUCT);
    expect(await project.mizan(["edge", "explain", PRODUCT])).toMatchObject({
      context: "product",
      identity: "anonymous",
      parameters: { product_id: "1" },
      outcome: "HIT",
      reason: null,
    });
    expect(await project.mizan(["edge", "explain", "/api/mizan/ctx/desk/"])).toMatchObject({
      outcome: "BYPASS",
      reason: "cache-off",
    });
    const stats = await project.mizan(["edge", "stats"]);
    const contexts = stats["contexts"] as { name: string; hits: number; misses: number }[];
    expect(contexts.find(({ name }) => name === "product")?.hits).toBeGreaterThan(0);
    expect(stats["hits"]).toBeGreaterThan(0);
  });

  it("is purged by context, by parameter and altogether, by nobody's misspelling", async () => {
    await warm(CATALOG, PRODUCT);
    await project.mizan(["edge", "purge", "product", "product_id=2"]);
    expect(await askMark(url, PRODUCT)).toBe("HIT");
    await project.mizan(["edge", "purge", "product", "product_id=1"]);
    expect(await askMark(url, PRODUCT)).toBe("MISS");
    expect(await askMark(url, CATALOG)).toBe("HIT");
    await project.mizan(["edge", "purge", "--all"]);
    expect(await askMark(url, CATALOG)).toBe("MISS");
    await expectFailure(project, ["edge", "purge", "catalogue"], "USAGE");
    await expectFailure(project, ["edge", "purge", "product", "id=1"], "USAGE");
  });

  it("shows what a management command has written, which passes the Edge by", async () => {
    await warm(PRODUCT, CATALOG);
    const code =
      "from catalogue.models import Product; Product.objects.filter(pk=1).update(price_cents=12345)";
    expect(await runShell(code)).toMatchObject({ exitCode: 0 });
    expect(await fetchText(url, PRODUCT)).toContain("12345");
    expect(await askMark(url, CATALOG)).toBe("MISS");
  });

  it("shows it while the command still runs, too", async () => {
    await warm(PRODUCT);
    const running = runShell("import time; time.sleep(8)");
    await waitFor("a bump", async () => (await askMark(url, PRODUCT)) === "MISS");
    expect(await running).toMatchObject({ exitCode: 0 });
  });
});

function runShell(code: string) {
  return runWords(["run", "shell", "-c", code], { cwd: project.folder });
}

describe("the next release", () => {
  it("is stopped with the reason when its key for tokens is another than the Edge's", async () => {
    await project.edit("backend/vendor/mizan/mizan/conf.py", (text) =>
      text.replace('getattr(settings, "MIZAN_MWT_SECRET", None)', '"another-key"'),
    );
    const { message, details } = await expectFailure(project, ["deploy"], "RELEASE_UNHEALTHY");
    expect(message).toContain("its MIZAN_MWT_SECRET is another one");
    expect(details).toMatchObject({ check: "token" });
    await project.edit("backend/vendor/mizan/mizan/conf.py", (text) =>
      text.replace('"another-key"', 'getattr(settings, "MIZAN_MWT_SECRET", None)'),
    );
    expect(await project.mizan(["status"])).toMatchObject({ release: first });
  });

  it("is stopped with the reason when its manifest is wrong", async () => {
    const file = "backend/vendor/mizan/mizan/export/__init__.py";
    await project.edit(file, (text) => text.replace('"version": 1', '"version": 7'));
    const { message } = await expectFailure(project, ["deploy"], "RELEASE_UNHEALTHY");
    expect(message).toContain("version: not 1");
    await project.edit(file, (text) => text.replace('"version": 7', '"version": 1'));
  });

  it("keeps contexts warm that it describes as before, and empties those that changed", async () => {
    await warm(CATALOG, PRODUCT, DELIVERY);
    await project.edit("backend/catalogue/clients.py", (text) => text.replace("rev=2", "rev=3"));
    const plan = await project.mizan(["plan"]);
    const texts = (plan["changes"] as { area: string; text: string }[])
      .filter(({ area }) => area === "edge")
      .map(({ text }) => text);
    expect(texts).toEqual([
      "contexts that stay cached: cart, catalog, desk, global, orders, product",
      "contexts that are emptied: delivery",
    ]);
    await project.mizan(["deploy"]);
    expect(await askMark(url, CATALOG)).toBe("HIT");
    expect(await askMark(url, PRODUCT)).toBe("HIT");
    expect(await askMark(url, DELIVERY)).toBe("MISS");
    expect(await askMark(url, DELIVERY)).toBe("HIT");
  });

  it("is gone back from with an empty cache, where each key misses once", async () => {
    await warm(CATALOG, DELIVERY);
    await project.mizan(["rollback"]);
    for (const path of [CATALOG, DELIVERY]) {
      expect(await askMark(url, path), path).toBe("MISS");
      expect(await askMark(url, path), path).toBe("HIT");
    }
  });
});
