/** What people do in the shop, by its pages and by its program: for the tests of pages. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { z } from "zod";
import type { ShopVisitor } from "../../helpers/shop-visitor.ts";
import type { TempProject } from "../../helpers/temp-project.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { runWords } from "../use/use-mizan.ts";
import { showScreen } from "./pages-browser.ts";

export const PASSWORD = "quiet-reed-bed";

const statsSchema = z.object({
  pages: z.array(
    z.object({
      pattern: z.string(),
      hits: z.number(),
      render: z.number(),
      ssr: z.number(),
      shell: z.number(),
      broken: z.number(),
    }),
  ),
});
const statusSchema = z.object({
  processes: z.array(z.object({ name: z.string(), pid: z.number().nullable() })),
});
const releaseSchema = z.object({ release: z.string() });
const planSchema = z.object({ render: z.object({ bunPath: z.string() }) });
const deskSchema = z.object({
  desk_numbers: z.object({
    waiting_reviews: z.array(z.object({ id: z.number(), product_id: z.number() })),
  }),
});

/** ana, tom, and potter, who is staff. The password goes by a file: `mizan run` hands no variables to the app. */
export async function addSamplePeople(project: TempProject): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mz-pages-"));
  const file = join(folder, "password");
  await writeFile(file, PASSWORD, { mode: 0o600 });
  const words = ["run", "add_sample_people", "--password-file", file];
  const { exitCode, stderr } = await runWords(words, { cwd: project.folder });
  await rm(folder, { recursive: true });
  if (exitCode !== 0) throw new Error(`nobody was added: ${stderr}`);
}

/** The program that the live release's SSR server runs on: a copy in the project's own tools folder. */
export async function findBun(project: TempProject): Promise<string> {
  const { release } = releaseSchema.parse(await project.mizan(["status"]));
  const plan = join(project.folder, ".mizan/env/local/releases", release, "launch.json");
  const { render } = planSchema.parse(JSON.parse(await readFile(plan, "utf8")));
  if (!render.bunPath.startsWith(project.folder)) throw new Error(`not ours: ${render.bunPath}`);
  return render.bunPath;
}

/** What `mizan edge stats` says of a page. */
export async function readStats(project: TempProject, pattern: string) {
  const { pages } = statsSchema.parse(await project.mizan(["edge", "stats"]));
  const found = pages.find((each) => each.pattern === pattern);
  if (found === undefined) throw new Error(`no page ${pattern}`);
  return found;
}

/** By the ids that `mizan status` gives; what was killed before is awaited. */
export async function killProcesses(project: TempProject, names: readonly string[]): Promise<void> {
  const pids = await waitFor(
    names.join(" and "),
    async () => {
      const { processes } = statusSchema.parse(await project.mizan(["status"]));
      const found = processes.filter(({ name }) => names.includes(name));
      const running = found.flatMap(({ pid }) => (pid === null ? [] : [pid]));
      return running.length === names.length ? running : null;
    },
    { timeoutSeconds: 30 },
  );
  for (const pid of pids) process.kill(pid, "SIGKILL");
}

export async function findWaitingReview(potter: ShopVisitor) {
  const { body } = await potter.get("/api/mizan/ctx/desk/");
  const [review] = deskSchema.parse(body).desk_numbers.waiting_reviews;
  if (review === undefined) throw new Error("no review waits");
  return review;
}

export async function signIn(page: Page, name: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Orders" }).waitFor();
}

/** At the desk, which lists the pieces that are nearly sold out; ends there. */
export async function changePriceOfVase(page: Page, euros: string): Promise<void> {
  await page.getByRole("link", { name: "Desk" }).click();
  const vase = page.getByRole("listitem").filter({ hasText: "Tall vase" });
  await vase.getByLabel("Price (€)").fill(euros);
  await showScreen(page, "desk");
  await vase.getByRole("button", { name: "Save" }).click();
  await vase.getByText(`€${euros}`).waitFor();
}

/** From the shelf to a piece of its first page, whose review is written there. */
export async function walkWithoutScripts(page: Page, review: string): Promise<void> {
  await page.goto("/");
  await page.getByRole("link", { name: "Next →" }).click();
  await page.getByText("Page 2 of 3").waitFor();
  await page.getByRole("link", { name: "← Before" }).click();
  await page.getByRole("link", { name: "Tea for two" }).click();
  await page.getByRole("heading", { level: 1, name: "Tea for two" }).waitFor();
  await page.locator(".price").getByText("€98.00").waitFor();
  await page.getByText("It does not drip.").waitFor();
  await showScreen(page, "piece-without-scripts");
  await page.getByRole("link", { name: "Write a review" }).click();
  await page.getByLabel("Your name").fill("Tom");
  await page.getByLabel("Review").fill(review);
  await page.getByRole("button", { name: "Send the review" }).click();
  await page.getByText("We read every review before we publish it.").waitFor();
}
