/** How the tests of pages look at them: with a browser that notes every complaint, and as raw bytes over time. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { TestBrowser } from "../../helpers/browser.ts";

/** Set: every page that is shown is written there, at two widths. */
const SCREENSHOTS = process.env["MIZAN_TEST_SCREENSHOTS"];
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

export interface Visit {
  readonly page: Page;
  /** Warnings and errors on the console, exceptions (React's hydration errors among them), requests that failed. */
  readonly complaints: readonly string[];
  /** Paths of the documents that the browser asked for. */
  readonly documents: string[];
  readonly close: () => Promise<void>;
}

/** Somebody with cookies of their own. */
export async function startVisit(
  browser: TestBrowser,
  options: Pick<BrowserContextOptions, "javaScriptEnabled" | "locale" | "baseURL">,
): Promise<Visit> {
  const context = await openContext(browser, { locale: "en-IE", viewport: DESKTOP, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const documents: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    if (request.isNavigationRequest()) documents.push(new URL(request.url()).pathname);
  });
  return { page, complaints, documents, close: () => context.close() };
}

async function openContext(
  { context }: TestBrowser,
  options: BrowserContextOptions,
): Promise<BrowserContext> {
  const program = context.browser();
  if (program === null) throw new Error("the browser has no contexts of its own");
  return program.newContext(options);
}

export async function showScreen(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
  await page.setViewportSize(PHONE);
  await page.screenshot({ path: join(SCREENSHOTS, `${name}-phone.png`), fullPage: true });
  await page.setViewportSize(DESKTOP);
}

export interface Document {
  readonly status: number;
  /** `X-Mizan-Edge`, whole. */
  readonly mark: string;
  readonly html: string;
}

/** A navigation without scripts, cookies and cache. */
export async function fetchDocument(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Document> {
  const answer = await fetch(new URL(path, origin), {
    headers: { accept: "text/html", "accept-language": "en", ...headers },
  });
  const mark = answer.headers.get("x-mizan-edge") ?? "none";
  return { status: answer.status, mark, html: await answer.text() };
}

export interface Arrival {
  /** Since the request was sent. */
  readonly afterMs: number;
  readonly text: string;
}

/** The document as it comes. */
export async function fetchStream(origin: string, path: string): Promise<readonly Arrival[]> {
  const startedAtMs = performance.now();
  const { body } = await fetch(new URL(path, origin), { headers: { "accept-language": "en" } });
  if (body === null) throw new Error(`${path} has no body`);
  const arrivals: Arrival[] = [];
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    arrivals.push({ afterMs: performance.now() - startedAtMs, text });
  }
  return arrivals;
}
