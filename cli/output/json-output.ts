/** Output for machines: one JSON object per line on stdout, nothing else. */

import type { Output, OutputEvent, StepRecord } from "../context.ts";

export interface JsonOutputOptions {
  readonly verbose: boolean;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
}

export function createJsonOutput(
  stdout: { write(text: string): unknown },
  options: JsonOutputOptions,
): Output {
  const steps: StepRecord[] = [];
  const event = (value: OutputEvent) => stdout.write(`${JSON.stringify(value)}\n`);
  return {
    json: true,
    verbose: options.verbose,
    steps,
    line: () => undefined,
    paint: (_style, text) => text,
    warn: (message) => event({ type: "warning", message }),
    event,
    detail: (text) => {
      if (options.verbose) event({ type: "detail", text });
    },
    async step(name, title, run) {
      const startedAtMs = options.nowMs();
      let reason: string | undefined;
      event({ type: "step", name, title, status: "started" });
      try {
        const result = await run({
          progress: (text) => event({ type: "progress", name, text }),
          note: (text) => event({ type: "note", name, text }),
          skip: (why) => {
            reason = why;
          },
        });
        const durationMs = options.nowMs() - startedAtMs;
        const skipped = reason !== undefined;
        steps.push({ name, durationMs, skipped });
        const status = skipped ? "skipped" : "done";
        event({ type: "step", name, title, status, reason, durationMs }); // undefined is left out
        return result;
      } catch (error) {
        const durationMs = options.nowMs() - startedAtMs;
        event({ type: "step", name, title, status: "failed", durationMs });
        throw error;
      }
    },
  };
}
