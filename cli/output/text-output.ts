/** Output for people: results on stdout, one line per step with its time on stderr. */

import type { Output, StepHandle, StepRecord } from "../context.ts";
import { formatDuration } from "./format-duration.ts";
import { type Look, paint } from "./look.ts";
import { printable } from "./printable.ts";

interface TextStreams {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly columns?: number };
}

interface TextOutputOptions extends Look {
  readonly verbose: boolean;
}

/** How one step is shown while it runs and when it has ended. */
interface StepLine {
  progress(text: string): void;
  end(symbol: "✓" | "✗" | "–", text: string): void;
}

export async function createTextOutput(
  streams: TextStreams,
  options: TextOutputOptions,
): Promise<Output> {
  const dim = (text: string) => paint(options, "dim", text);
  const write = (text: string) =>
    streams.stderr.write(`${options.plain ? printable(text) : text}\n`);
  // Lines that the app wrote may carry colours; a file or a pipe does not want them.
  const keepsColours = !options.plain && streams.stdout.isTTY === true;
  // A terminal that says it is 0 wide: the spinner would clear lines without end (ora 9).
  const isStill = options.plain || streams.stderr.columns === 0;
  const startLine = isStill
    ? createPlainLine(write, options.verbose)
    : await createMovingLine(streams.stderr, options);
  const steps: StepRecord[] = [];
  return {
    json: false,
    verbose: options.verbose,
    steps,
    line: (text) => streams.stdout.write(`${keepsColours ? text : printable(text)}\n`),
    paint: (style, text) => (keepsColours ? paint(options, style, text) : text),
    warn: (message) => write(`${paint(options, "yellow", "!")} ${message}`),
    event: () => undefined,
    detail: (text) => {
      if (options.verbose) write(dim(`  ${text}`));
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
        const tail = about === undefined ? "" : ` ${dim(`(${about})`)}`;
        line.end(skipped ? "–" : "✓", `${title}${tail} ${dim(ending())}`);
        return result;
      } catch (error) {
        line.end("✗", `${title} ${dim(ending())}`);
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
async function createMovingLine(stream: NodeJS.WritableStream, look: Look) {
  const { default: ora } = await import("ora");
  const colour = { "✓": "green", "✗": "red", "–": "dim" } as const;
  return (title: string): StepLine => {
    // ora knows nothing of NO_COLOR.
    const color = look.colour ? "cyan" : false;
    const spinner = ora({
      text: title,
      stream,
      color,
      discardStdin: false,
      isEnabled: true,
    }).start();
    return {
      progress: (text) => {
        spinner.text = `${title} ${paint(look, "dim", printable(text))}`;
      },
      end: (symbol, text) =>
        spinner.stopAndPersist({ symbol: paint(look, colour[symbol], symbol), text }),
    };
  };
}
