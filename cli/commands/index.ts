/** The commands by name: what `--help` needs, and how to load the rest. */

import type { CommandEntry } from "./define-command.ts";

/** Commands of two words have the first in common. */
export const GROUP_SUMMARY: Readonly<Record<string, string>> = {
  edge: "Look into the Edge's cache, or empty it",
};

export const commandIndex: readonly CommandEntry[] = [
  {
    name: "deploy",
    summary: "Build the app and put it live",
    load: async () => (await import("./deploy.ts")).deploy,
  },
  {
    name: "plan",
    summary: "Show what a deploy would do; change nothing",
    load: async () => (await import("./plan.ts")).plan,
  },
  {
    name: "inspect",
    summary: "Show what the app is, and why we think so",
    load: async () => (await import("./inspect.ts")).inspect,
  },
  {
    name: "doctor",
    summary: "Check the app's settings against what production asks of them",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "status",
    summary: "Show what is live and how it is",
    load: async () => (await import("./status.ts")).status,
  },
  {
    name: "verify",
    summary: "Ask the live release the questions of the protocol",
    load: async () => (await import("./verify.ts")).verify,
  },
  {
    name: "releases",
    summary: "List the releases of an environment",
    load: async () => (await import("./releases.ts")).releases,
  },
  {
    name: "rollback",
    summary: "Go back to an earlier release",
    load: async () => (await import("./rollback.ts")).rollback,
  },
  {
    name: "logs",
    summary: "Show what the app's processes wrote",
    load: async () => (await import("./logs.ts")).logs,
  },
  {
    name: "run",
    summary: "Run a manage.py command in the live release",
    load: async () => (await import("./run.ts")).run,
  },
  {
    name: "edge explain",
    summary: "Say what the Edge would do with a request, and why",
    load: async () => (await import("./edge-explain.ts")).edgeExplain,
  },
  {
    name: "edge stats",
    summary: "Count hits, misses and bypasses",
    load: async () => (await import("./edge-stats.ts")).edgeStats,
  },
  {
    name: "edge purge",
    summary: "Forget what is cached of a context",
    load: async () => (await import("./edge-purge.ts")).edgePurge,
  },
  {
    name: "open",
    summary: "Open the live app in the browser",
    load: async () => (await import("./open.ts")).open,
  },
  {
    name: "up",
    summary: "Start what should be live (after a restart of the machine)",
    load: async () => (await import("./up.ts")).up,
  },
  {
    name: "down",
    summary: "Stop everything of an environment; keep it",
    load: async () => (await import("./down.ts")).down,
  },
  {
    name: "destroy",
    summary: "Stop and remove an environment",
    load: async () => (await import("./destroy.ts")).destroy,
  },
  {
    name: "init",
    summary: "Write a commented mizan.config.ts (never needed)",
    load: async () => (await import("./init.ts")).init,
  },
  {
    name: "completion",
    summary: "Print a script that completes commands in bash, zsh or fish",
    load: async () =>
      (await import("./completion.ts")).createCompletion(commandIndex, GROUP_SUMMARY),
  },
];
