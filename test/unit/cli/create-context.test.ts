import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createContext, type GlobalOptions } from "../../../cli/create-context.ts";
import { FakeMachine, type FakeMachineOptions } from "./fake-machine.ts";

async function openContext(
  globals: GlobalOptions,
  options: FakeMachineOptions = {},
  childHasTerminal = false,
) {
  const machine = new FakeMachine(options);
  return { machine, ...(await createContext(globals, machine, { childHasTerminal })) };
}

describe("signals", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s aborts the context with INTERRUPTED",
    async (name) => {
      const { machine, context, dispose } = await openContext({});
      machine.emit(name);
      expect(context.signal.reason).toMatchObject({ code: "INTERRUPTED", exitCode: 130 });
      dispose();
    },
  );

  it("are nobody's after the first, so that a second one ends the program", async () => {
    const { machine } = await openContext({});
    machine.emit("SIGINT");
    // Others that listen to the same signal still find us, and leave the end to us.
    expect(machine.listenerCount("SIGINT")).toBe(1);
    await setImmediate();
    expect([machine.listenerCount("SIGINT"), machine.listenerCount("SIGTERM")]).toEqual([0, 0]);
  });

  it("stay ours while a child has the terminal: Ctrl-C in a shell of Django is not ours", async () => {
    const { machine, dispose } = await openContext({}, {}, true);
    machine.emit("SIGINT");
    machine.emit("SIGINT");
    expect(machine.listenerCount("SIGINT")).toBe(1);
    dispose();
    expect(machine.listenerCount("SIGINT")).toBe(0);
  });
});

describe("the context", () => {
  it("works in the folder of --cwd, taken from where the program was started", async () => {
    const { context } = await openContext({ cwd: "tmp/.." }, { cwd: "/" });
    expect(context.cwd).toBe("/");
  });

  it("knows what was asked for", async () => {
    const { context } = await openContext({
      env: "shop",
      target: "local",
      yes: true,
      verbose: true,
    });
    expect(context).toMatchObject({
      environmentName: "shop",
      targetName: "local",
      yes: true,
      out: { verbose: true, json: false },
    });
  });

  it("finds files of the package", async () => {
    const { context } = await openContext({});
    expect(context.packageFile("package.json")).toMatch(/^\/.*\/package\.json$/);
  });
});

describe("questions", () => {
  it("cannot be asked without a terminal: the error names --yes", async () => {
    for (const [globals, isTerminal] of [
      [{}, false],
      [{ json: true }, true],
    ] as const) {
      const { context } = await openContext(globals, { isTerminal });
      const refused = {
        code: "CONFIRMATION_NEEDED",
        message: "Go on? There is no terminal to ask at.",
        hint: "Add --yes to go on.",
        exitCode: 9,
      };
      await expect(context.prompt.confirm("Go on?")).rejects.toMatchObject(refused);
      await expect(context.prompt.confirmTyped("Go on?", "shop")).rejects.toMatchObject(refused);
    }
  });

  it("are answered yes by --yes, with and without a terminal", async () => {
    for (const isTerminal of [true, false]) {
      const { context } = await openContext({ yes: true }, { isTerminal });
      expect(await context.prompt.confirm("Go on?")).toBe(true);
      expect(await context.prompt.confirmTyped("Go on?", "shop")).toBe(true);
    }
  });

  it.each([
    ["y\r", true],
    ["n\r", false],
    ["\r", false],
  ])("take %j for %s, and are asked on stderr", async (typed, answer) => {
    const { context, machine } = await openContext({}, { isTerminal: true });
    const asked = context.prompt.confirm("Go on?");
    setTimeout(() => machine.stdin.write(typed), 200);
    expect(await asked).toBe(answer);
    expect(machine.stderr.text).toContain("Go on?");
    expect(machine.stdout.text).toBe("");
  });

  it("end with INTERRUPTED when a signal comes meanwhile", async () => {
    const { context, machine } = await openContext({}, { isTerminal: true });
    const asked = context.prompt.confirmTyped("Sure?", "shop");
    setTimeout(() => machine.emit("SIGTERM"), 200);
    await expect(asked).rejects.toMatchObject({ code: "INTERRUPTED" });
  });
});
