/** `test/fixtures/apps/misbehaving` deployed: a declared page for each of its components, and what shows who answered. */

import { readdirSync, readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentStatus, ProcessStatus } from "../../../cli/targets/local/agent/contract.ts";
import { requestOverSocket } from "../../../cli/tools/request-over-socket.ts";
import type { PageStats } from "../../../edge/cache/contract.ts";
import { STEP_GLOBAL } from "../../../edge/render/contract.ts";
import { createTempProject, type TempProject } from "../../helpers/temp-project.ts";
import { apps, urlOf } from "../use/use-mizan.ts";

const PAGES = [
  "fine",
  "throws",
  "throws-inside",
  "lacks",
  "prints",
  "prints-by-node",
  "swells",
  "trickles",
  "grows",
  "loops",
] as const;
export type PageName = (typeof PAGES)[number];

/** Requests of the fine page that are under way at any time while another page misbehaves. */
const AT_ONCE = 20;
/** Between two requests of the same asker. */
const PAUSE_MS = 100;
/** The Edge's own bounds for its two steps, and the page's time, lie below. */
const LONGEST_ANSWER_MS = 30_000;

export interface PageAnswer {
  readonly status: number;
  readonly mark: string;
  readonly html: string;
  /** The word that the browser is to render. */
  readonly isShell: boolean;
}

/** One line of the Edge's log. */
export interface StepLine {
  readonly page: string;
  readonly component: string;
  readonly step: string;
  readonly isBegun: boolean;
  readonly reason: string;
  readonly message: string;
  readonly location: string | null;
}

export class MisbehavingApp {
  readonly project: TempProject;
  readonly url: string;
  readonly release: string;
  #visitors = 0;

  constructor(project: TempProject, url: string, release: string) {
    this.project = project;
    this.url = url;
    this.release = release;
  }

  /** Each asks for a greeting of its own, so nothing is a hit. */
  async ask(page: PageName, who = `visitor-${this.#visitors++}`): Promise<PageAnswer> {
    const signal = AbortSignal.timeout(LONGEST_ANSWER_MS);
    const answer = await fetch(new URL(`/${page}/${who}`, this.url), { signal });
    const html = await answer.text();
    return {
      status: answer.status,
      mark: answer.headers.get("x-mizan-edge") ?? "none",
      html,
      isShell: html.includes(`window.${STEP_GLOBAL}="shell"`),
    };
  }

  /**
   * The page, while the fine one is asked for again and again.
   * @throws for the first of the others that was not answered, or not as a whole, rendered page
   */
  async askAmongOthers(page: PageName): Promise<{ answer: PageAnswer; others: number }> {
    let others = 0;
    let isOver = false;
    const asked = this.ask(page).finally(() => {
      isOver = true;
    });
    const askers = Array.from({ length: AT_ONCE }, async () => {
      do {
        const who = `other-${this.#visitors++}`;
        requireWhole(await this.ask("fine", who), who);
        others += 1;
        await sleep(PAUSE_MS);
      } while (!isOver);
    });
    const [answer] = await Promise.all([asked, ...askers]);
    return { answer, others };
  }

  /** Counts of the Edge for one page; zeros for one that nobody has asked for. */
  async readCounts(page: PageName): Promise<PageStats> {
    const pattern = buildPattern(page);
    const { pages } = await this.project.mizan(["edge", "stats"]);
    const found = (pages as readonly PageStats[]).find((each) => each.pattern === pattern);
    return found ?? { pattern, hits: 0, render: 0, ssr: 0, shell: 0, broken: 0 };
  }

  /** What the Edge wrote about steps of this page. */
  readSteps(page: PageName): readonly StepLine[] {
    const lines = this.readLog("edge").split("\n");
    const steps = lines.filter((line) => line.includes('"event":"page-step"'));
    const parsed = steps.map((line): StepLine => JSON.parse(line.slice(line.indexOf("{"))));
    return parsed.filter((line) => line.page === buildPattern(page));
  }

  /** Everything that processes of this name have written. */
  readLog(name: string): string {
    const folder = join(this.project.folder, ".mizan/env/local/logs");
    const files = readdirSync(folder).filter((file) => file.startsWith(name));
    return files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  }

  async findProcess(name: string): Promise<ProcessStatus> {
    const socketPath = join(this.project.folder, ".mizan/env/local/run/agent.sock");
    const { body } = await requestOverSocket({ socketPath, path: "/status", timeoutMs: 5000 });
    const { processes }: AgentStatus = JSON.parse(body); // contract.ts: GET /status
    const found = processes.find((each) => each.name === name && each.release === this.release);
    if (found === undefined) throw new Error(`no process ${name} in ${body}`);
    return found;
  }
}

export async function deployMisbehavingApp(): Promise<MisbehavingApp> {
  const source = join(apps, "misbehaving");
  const project = await createTempProject(source);
  try {
    await cp(join(source, "../../../standin/mizan"), join(project.folder, "vendor/mizan"), {
      recursive: true,
    });
    await project.edit("mizan.config.json", () => JSON.stringify(buildConfig()));
    project.commit("Pages, and the framework");
    const result = await project.mizan(["deploy"]);
    return new MisbehavingApp(project, urlOf(result), String(result["release"]));
  } catch (error) {
    await project.remove();
    throw error;
  }
}

/** Without values for `probe`: a deploy would find out which pages do not render. */
function buildConfig() {
  const pages = PAGES.map((page) => {
    const contexts = { greeting: { params: { who: ":who" } } };
    return [buildPattern(page), { component: `frontend/pages/${page}.tsx`, contexts }] as const;
  });
  return { pages: Object.fromEntries(pages), environments: { local: { workers: 2 } } };
}

function buildPattern(page: PageName): string {
  return `/${page}/:who`;
}

function requireWhole({ status, html, isShell }: PageAnswer, who: string): void {
  const isRendered = html.includes(`<h1>Hello ${who}, this page is whole.</h1>`);
  const isComplete = /Fine to its end\..*The document.s end\..*:complete-->$/s.test(html);
  if (status === 200 && isRendered && isComplete && !isShell) return;
  throw new Error(`${who} was answered ${status}: ${html}`);
}
