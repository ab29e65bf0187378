import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { environmentPaths } from "../../../cli/targets/local/environment-paths.ts";
import { buildRuntimeEnv } from "../../../cli/targets/local/process-specs.ts";
import { type RuntimeCall, runRuntime } from "../../../cli/targets/local/run-runtime.ts";
import { collectResultSchema } from "../../../cli/targets/local/runtime-schemas.ts";
import { findProcessesOf } from "../../helpers/processes.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { createHandMadeRelease, type HandMadeRelease } from "./hand-made-release.ts";

/** Does what the variable HOW says. */
const RUNTIME = `
import json, os, signal, sys, time
how, result = os.environ["HOW"], os.fdopen(int(os.environ["MIZAN_RESULT_FD"]), "w")
print("printed on stdout", flush=True)
print("printed on stderr", file=sys.stderr, flush=True)
if how == "crash": os.kill(os.getpid(), signal.SIGSEGV)
if how == "exit": sys.exit(3)
if how == "hang": time.sleep(60)
answer = {"argv": sys.argv[1:], "greeting": os.environ.get("GREETING"), "nice": os.nice(0), "stdin": sys.stdin.read()}
if how == "names": answer = sorted(os.environ)
text = json.dumps(answer)
result.write(text[:-3] if how == "cut" else text)
result.close()
sys.exit(1 if how == "fail" else 0)
`;

let release: HandMadeRelease;
let log: string;
beforeAll(async () => {
  release = await createHandMadeRelease(RUNTIME);
  log = join(release.logs, "settings-r1.log");
});
afterAll(() => release.remove());

function call(how: string, options: Partial<RuntimeCall> = {}): RuntimeCall {
  const paths = environmentPaths(release.folder, "local");
  const context = { paths, environment: "local" };
  const env = { ...buildRuntimeEnv(release.plan, context), HOW: how };
  const signal = AbortSignal.timeout(60_000);
  return { verb: "probe", plan: release.plan, env, logFile: log, signal, ...options };
}

const anything = z.union([z.array(z.string()), z.looseObject({ argv: z.array(z.string()) })]);
const run = (how: string, options?: Partial<RuntimeCall>) =>
  runRuntime(call(how, options), anything);

describe("a verb of the runtime", () => {
  it("gives its result apart from what the app prints, and has no terminal", async () => {
    const { result, exitCode } = await run("well");
    expect(exitCode).toBe(0);
    expect(result).toEqual({ argv: ["probe"], greeting: "salām", nice: 0, stdin: "" });
    expect(await readFile(log, "utf8")).toBe("printed on stdout\nprinted on stderr\n");
  });

  it("leaves the processor to the live release where it is told so", async () => {
    expect((await run("well", { lowPriority: true })).result).toMatchObject({ nice: 10 });
  });

  it("gives a result with the exit status of a failure", async () => {
    expect(await run("fail")).toMatchObject({ exitCode: 1, result: { argv: ["probe"] } });
  });

  it("gets the release's variables and nothing of the shell", async () => {
    const { result } = await run("names");
    expect(result).toContain("GREETING");
    expect(result).toContain("MIZAN_RESULT_FD");
    const foreign = (result as string[]).filter((name) =>
      /^(VITEST|npm_|NODE_|SHELL$|HOME$)/.test(name),
    );
    expect(foreign).toEqual([]);
  });

  it("keeps its log to its owner", async () => {
    await rm(log, { force: true });
    await run("well");
    expect((await stat(log)).mode & 0o077).toBe(0);
  });
});

describe("a verb that ends without a result", () => {
  const failed = (message: RegExp) => ({
    code: "SETTINGS_FAILED",
    message: expect.stringMatching(message),
    hint: `Its whole output is in ${log}`,
    details: { verb: "probe", output: expect.stringMatching(/^(printed on stderr)?$/) },
  });

  it.each([
    ["crash", /^Python ended without a result \(SIGSEGV\) while it ran `mizan_runtime probe`\.$/],
    ["exit", /ended without a result \(exit status 3\)/],
    ["cut", /ended without a result \(exit status 0\)/],
  ])("is a typed error that says how: %s", async (how, message) => {
    await expect(run(how)).rejects.toMatchObject(failed(message));
  });

  it("says so when the interpreter is gone", async () => {
    const plan = { ...release.plan, pythonPath: join(release.folder, "venv/bin/python") };
    await expect(run("well", { plan })).rejects.toMatchObject(failed(/\(ENOENT\)/));
  });

  it("is one whose result has another form", async () => {
    await expect(runRuntime(call("well"), collectResultSchema)).rejects.toMatchObject(
      failed(/exit status 0/),
    );
  });

  it("is stopped after its time, and nothing is left of it", async () => {
    await expect(run("hang", { timeoutSeconds: 1 })).rejects.toMatchObject(
      failed(/^Python was stopped after 1 s/),
    );
    expect(findProcessesOf(release.folder)).toEqual([]);
  });

  it("is stopped by an interruption, with the interruption's own reason", async () => {
    const stop = new AbortController();
    const running = run("hang", { signal: stop.signal });
    await waitFor("the process", () => findProcessesOf(release.folder).length > 0);
    const reason = new Error("Ctrl-C");
    stop.abort(reason);
    await expect(running).rejects.toBe(reason);
    await waitFor("its end", () => findProcessesOf(release.folder).length === 0);
  });
});
