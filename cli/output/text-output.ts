/** Output for people: results on stdout, one line per step with its time on stderr. */

import { styleText } from "node:util";
import type { Output, StepHandle, StepRecord } from "../context.ts";
import { formatDuration } from "./format-duration.ts";

interface TextStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

interface TextOutputOptions {
  readonly verbose: boolean;
  /** No control characters: no spinner, no colour. */
  readonly plain: boolean;
}

type Style = Parameters<typeof styleText>[0];

/** How one step is shown while it runs and when it has ended. */
interface StepLine {
  progress(text: string): void;
  end(symbol: "✓" | "✗" | "–", text: string): void;
}

export async function createTextOutput(
  streams: TextStreams,
  options: TextOutputOptions,
): Promise<Output> {
  const paint = (style: Style, text: string) =>
    options.plain ? text : styleText(style, text, { stream: streams.stderr }); // NO_COLOR is honoured
  const write = (text: string) => streams.stderr.write(`${text}\n`);
  const startLine = options.plain
    ? createPlainLine(write, options.verbose)
    : await createMovingLine(streams.stderr, paint);
  const steps: StepRecord[] = [];
  return {
    json: false,
    verbose: options.verbose,
    steps,
    line: (text) => streams.stdout.write(`${text}\n`),
    warn: (message) => write(`${paint("yellow", "!")} ${message}`),
    event: () => undefined,
    detail: (text) => {
      if (options.verbose) write(paint("dim", `  ${text}`));
    },
    async step(name, title, run) {
      const startedAtMs = Date.now();
      const line = startLine(title);
      const said: { skip?: string; note?: string } = {};
      const handle: StepHandle = {
        progress: (text) => line.progress(text),
        skip: (reason) => {
          said.skip = reason;
        },
        note: (text) => {
          said.note = text;
        },
      };
      const ending = () => formatDuration(Date.now() - startedAtMs);
      try {
        const result = await run(handle);
        const skipped = said.skip !== undefined;
        steps.push({ name, durationMs: Date.now() - startedAtMs, skipped });
        const about = said.skip ?? said.note;
        const tail = about === undefined ? "" : ` ${paint("dim", `(${about})`)}`;
        line.end(skipped ? "–" : "✓", `${title}${tail} ${paint("dim", ending())}`);
        return result;
      } catch (error) {
        line.end("✗", `${title} ${paint("dim", ending())}`);
        throw error;
      }
    },
  };
}

function createPlainLine(write: (text: string) => void, verbose: boolean) {
  return (title: string): StepLine => ({
    progress: (text) => {
      if (verbose) write(`  ${title}: ${text}`);
    },
    end: (symbol, text) => write(`${symbol} ${text}`),
  });
}

/** The spinner library is loaded only where someone watches. */
async function createMovingLine(
  stream: NodeJS.WritableStream,
  paint: (style: Style, text: string) => string,
) {
  const { default: ora } = await import("ora");
  const colour = { "✓": "green", "✗": "red", "–": "dim" } as const;
  return (title: string): StepLine => {
    const spinner = ora({ text: title, stream, discardStdin: false }).start();
    return {
      progress: (text) => {
        spinner.text = `${title} ${paint("dim", text)}`;
      },
      end: (symbol, text) =>
        spinner.stopAndPersist({ symbol: paint(colour[symbol], symbol), text }),
    };
  };
}
