/** A browser uses the deployed example as its visitors do: before and after a second deploy, and a rollback. */

import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openBrowser, type TestBrowser } from "../../helpers/browser.ts";
import { createTempProject, type TempProject } from "../../helpers/temp-project.ts";
import { describeChecks, fetchJson, runWords, urlOf } from "./use-mizan.ts";

const source = join(import.meta.dirname, "../../../examples/plain");
const screenshots = process.env["MIZAN_TEST_SCREENSHOTS"];

const caseFile = z
  .strictObject({
    name: z.string(),
    requests: z.array(
      z.strictObject({
        path: z.string(),
        headers: z.record(z.string(), z.string()).default({}),
        status: z.int(),
        contains: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(source, "case.json"), "utf8")));

/** Runs in the browser: a PNG, as base64. */
const DRAW_PHOTO = `(() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1200, 900];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#3a6b4a";
  pen.fillRect(0, 0, 1200, 900);
  pen.fillStyle = "#e8c46a";
  pen.fillRect(400, 300, 400, 300);
  return canvas.toDataURL("image/png").split(",")[1];
})()`;

const warden = { name: "warden", password: "correct-horse-7" };

let project: TempProject;
let browser: TestBrowser;
let page: Page;
let url = "";
/** Errors on the console, failed requests and answers from 400 on, of every page of the browser. */
const complaints: string[] = [];

beforeAll(async () => {
  project = await createTempProject(source);
  [url, browser] = await Promise.all([project.mizan(["deploy"]).then(urlOf), openBrowser()]);
  page = await browser.context.newPage();
  page.on("console", (message) => {
    // Django's admin names no icon, and the browser asks for one.
    const isIcon = message.location().url.endsWith("/favicon.ico");
    if (["error", "warning"].includes(message.type()) && !isIcon) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("response", (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.status()} ${answer.url()}`);
  });
});

afterAll(async () => {
  await browser?.close();
  await project.remove();
});

async function showScreen(name: string): Promise<void> {
  if (screenshots === undefined) return;
  await mkdir(screenshots, { recursive: true });
  const desktop = { width: 1280, height: 800 };
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: join(screenshots, `${name}-phone.png`), fullPage: true });
  await page.setViewportSize(desktop);
}

describe("every request of its case.json is answered:", () => {
  test.each(caseFile.requests)("$status $path", async ({ path, headers, status, contains }) => {
    const answer = await fetch(new URL(path, url), { headers, redirect: "manual" });
    // A deep link has no note yet: the page is the app's all the same.
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(contains);
    expect(answer.headers.get("strict-transport-security")).toBeNull();
  });
});

test("the doctor finds startproject's defaults and the uploads, and nothing else", async () => {
  const { checks } = await project.mizan(["doctor"]);
  expect(describeChecks(checks)).toEqual([
    "DJ01 warning",
    "DJ04 warning",
    "DJ15 info",
    "DJ16 warning",
  ]);
});

test("the app loads without a complaint on the console", async () => {
  await page.goto(url);
  await page.getByRole("heading", { name: "What did you see today?" }).waitFor();
  await page.getByText("No notes yet").waitFor();
  expect(complaints).toEqual([]);
  await showScreen("first-visit");
});

test("a visitor writes a note with a photo and sees its thumbnail, which a Celery task made", async () => {
  await page.getByRole("link", { name: "Write a note" }).first().click();
  await page.getByLabel("Title").fill("An otter at dawn");
  await page.getByLabel("What did you see?").fill("It swam under the bridge, twice.");
  await page.getByLabel("Your name").fill("Ana");
  await page.getByLabel("Tags (optional)").fill("mammals, water");
  const photo = {
    name: "otter.png",
    mimeType: "image/png",
    buffer: Buffer.from(await page.evaluate<string>(DRAW_PHOTO), "base64"),
  };
  await page.getByLabel("Photo (optional)").setInputFiles(photo);
  await page.getByRole("button", { name: "Publish the note" }).click();
  await page.getByRole("heading", { name: "An otter at dawn" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/notes/1");
  await waitForPhoto(/Photo by Ana: An otter at dawn/);
  const { photo: stored } = z
    .object({ photo: z.object({ state: z.string() }) })
    .parse(await fetchJson(url, "/api/notes/1/"));
  expect(stored.state).toBe("ready");
  expect(complaints).toEqual([]);
  await showScreen("note");
});

/** There, and decoded. */
async function waitForPhoto(name: RegExp): Promise<void> {
  const image = page.getByRole("img", { name });
  await image.waitFor({ timeout: 30_000 });
  await page.waitForFunction(
    "[...document.images].every((each) => each.complete && each.naturalWidth > 0)",
  );
}

test("a deep link opens and reloads", async () => {
  await page.reload();
  await page.getByRole("heading", { name: "An otter at dawn" }).waitFor();
  await page.goto(`${url}/?tag=water`);
  await page.getByText("An otter at dawn").waitFor();
  expect(complaints).toEqual([]);
});

test("a warden made by `mizan run createsuperuser` signs in at the desk", async () => {
  const words = ["--noinput", "--username", warden.name, "--email", "w@example.com"];
  const made = await runWords(["run", "createsuperuser", ...words], {
    cwd: project.folder,
    env: { DJANGO_SUPERUSER_PASSWORD: warden.password },
  });
  expect(made).toMatchObject({ exitCode: 0 });
  await page.goto(`${url}/desk`);
  await page.getByLabel("User name").fill(warden.name);
  await page.getByLabel("Password").fill(warden.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText(`Signed in as ${warden.name}.`).waitFor();
  await page.getByRole("button", { name: "Hide An otter at dawn" }).click();
  await page.getByRole("button", { name: "Show An otter at dawn" }).click();
  expect(complaints).toEqual([]);
  await showScreen("desk");
});

test("Django's admin has its styles, and the same session", async () => {
  await page.goto(`${url}/admin/`);
  await page.getByRole("heading", { name: "Site administration" }).waitFor();
  const colour = await page.evaluate<string>(
    'getComputedStyle(document.querySelector("#header")).backgroundColor',
  );
  expect(colour).not.toBe("rgba(0, 0, 0, 0)");
  await page.locator("#notes-note").getByRole("link", { name: "Notes" }).click();
  await page.getByRole("link", { name: "An otter at dawn" }).waitFor();
  expect(complaints).toEqual([]);
  await showScreen("admin");
});

test("after a second deploy the note, the photo and the session are still there", async () => {
  await project.edit("backend/notes/version.py", (text) => text.replace('"1.0.0"', '"2.0.0"'));
  await project.edit("frontend/src/pages/notes-page.tsx", (text) =>
    text.replace("What did you see today?", "What did you hear today?"),
  );
  const { unchanged } = await project.mizan(["deploy"]);
  expect(unchanged).toBe(false);
  expect(await fetchJson(url, "/api/version/")).toMatchObject({ version: "2.0.0" });
  await page.goto(url);
  await page.getByRole("heading", { name: "What did you hear today?" }).waitFor();
  await page.goto(`${url}/notes/1`);
  await waitForPhoto(/An otter at dawn/);
  await page.goto(`${url}/desk`);
  await page.getByText(`Signed in as ${warden.name}.`).waitFor();
  expect(complaints).toEqual([]);
});

test("a page that was open before a rollback goes on; a new one is of the earlier release", async () => {
  await page.goto(url);
  await project.mizan(["rollback"]);
  await page.getByRole("link", { name: "An otter at dawn" }).first().click();
  await page.getByRole("heading", { name: "An otter at dawn" }).waitFor();
  await page.goto(url);
  await page.getByRole("heading", { name: "What did you see today?" }).waitFor();
  expect(await fetchJson(url, "/api/version/")).toMatchObject({ version: "1.0.0" });
  expect(complaints).toEqual([]);
});

test("destroy leaves no process and no file", async () => {
  expect(project.processes().length).toBeGreaterThan(3);
  await project.mizan(["destroy", "--yes"]);
  expect(project.processes()).toEqual([]);
  expect(existsSync(join(project.folder, ".mizan"))).toBe(false);
});
