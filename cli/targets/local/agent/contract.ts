/**
 * The agent's protocol: HTTP with JSON over a Unix socket in the environment's run folder.
 * The agent supervises processes and the Edge of one environment; it knows nothing of Django.
 * Versioned: a newer CLI takes over an older agent by `POST /handover` (D4).
 */

export const AGENT_PROTOCOL_VERSION = 1;

/** A process that the agent keeps running until it is told otherwise. Written to disk, so without secret values. */
export interface ProcessSpec {
  /** `origin`, `ssr`, `render`, `worker`, `beat`, `postgres`, `redis`, `edge`. */
  readonly name: string;
  /** null: belongs to the environment, not to a release. */
  readonly release: string | null;
  /** Absolute program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  /** Values that may be written down. */
  readonly env: Readonly<Record<string, string>>;
  /** JSON files (mode 0600, name → value) read at each start; later ones win, `env` wins over all. */
  readonly envFiles: readonly string[];
  /**
   * No other process may run this program in `cwd`: before each start and after each end, those that
   * a killed master left behind outside its process group are ended.
   */
  readonly aloneInCwd?: boolean;
  /**
   * With `aloneInCwd`: files in which the program notes its process id, absolute. Removed before
   * each start: a killed one that nobody has collected yet (a zombie) would be taken for running.
   */
  readonly pidFiles?: readonly string[];
  /** Run as this user (root only). */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  /** stdout and stderr are appended here. */
  readonly logFile: string;
  readonly stopSignal: "SIGTERM" | "SIGINT" | "SIGQUIT";
  /** After the stop signal; then SIGKILL to its process group. */
  readonly stopTimeoutSeconds: number;
  readonly ready: ReadyCheck;
  readonly readyTimeoutSeconds: number;
  /** Names of processes of the same release that use it: while one is ending, this one is not told to. */
  readonly neededBy?: readonly string[];
  /** Socket files that it makes, absolute: removed before each start, for those that do not do it. */
  readonly sockets?: readonly string[];
  /** Ended (SIGKILL to its group) and started anew when it breaks a bound; absent: only when it dies. */
  readonly watch?: ProcessWatch;
}

/** Bounds of a process that runs code which may hang or grow: workerd has no limits of its own. */
export interface ProcessWatch {
  /** Asked once a second while it is ready; anything but 200 counts as silence. */
  readonly socketPath: string;
  readonly path: string;
  readonly silentSeconds: number;
  /** Resident memory of the process with its children. */
  readonly memoryBytes: number;
}

export type ReadyCheck =
  | { readonly kind: "http"; readonly socketPath: string; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "socket"; readonly socketPath: string }
  | { readonly kind: "file"; readonly path: string }
  /** Ready when it exits 0; it gets the process's own environment. */
  | { readonly kind: "command"; readonly command: readonly [string, ...string[]] };

export type ProcessState = "starting" | "ready" | "restarting" | "crashed" | "stopping";

export interface ProcessStatus {
  readonly name: string;
  readonly release: string | null;
  readonly pid: number | null;
  readonly state: ProcessState;
  /** Times it was started again after it had died. */
  readonly restarts: number;
  /** Unix time in ms of the last start. */
  readonly startedAtMs: number | null;
  readonly lastExit: string | null;
}

export interface AgentStatus {
  readonly protocol: number;
  readonly mizanVersion: string;
  readonly pid: number;
  /** Hash over the programs, bundles and address that it was started with; another one: take over. */
  readonly startedWith: string;
  /** Public address of the Edge. */
  readonly host: string;
  readonly port: number;
  readonly processes: readonly ProcessStatus[];
  /** Release that the Edge was told to serve. */
  readonly edgeRelease: string | null;
}

/** Answer of `PUT /processes`: it came up, or why not, with the lines that prove it. */
export type StartResult =
  | { readonly ok: true; readonly pid: number }
  | {
      readonly ok: false;
      readonly reason: "exited" | "not-ready";
      /** `exit code 3`, `signal SIGKILL`, or the last answer of the ready check. */
      readonly detail: string;
      /** Last lines of the log since this start, at most 200. */
      readonly logTail: string;
    };

/**
 * - `GET /status` → AgentStatus
 * - `PUT /processes` ProcessSpec → StartResult. Idempotent: the same spec that is ready answers at once.
 *   A first start that fails is not retried and the spec is forgotten.
 * - `POST /processes/stop` StopRequest → `{}` after it has ended. Missing is success.
 * - `PUT /edge` EdgeState (edge/cache/contract) → `{}` after the Edge has taken it; starts the Edge if needed.
 * - `GET /edge` → EdgeReport.
 * - `POST /edge/start` → `{}` once the Edge runs; without a state it answers 503 to everybody.
 * - `POST /edge/hold` HoldRequest (edge/cache/contract) → `{}` once it holds or is released. Holds
 *   outlive a process of the Edge. Everything else is asked of the Edge itself (`edge-control.ts`).
 * - `POST /handover` Handover → `{}`; the agent ends, everything it supervises stays up and is adopted by the next.
 * - `POST /shutdown` → `{}` after every process has ended, the Edge first; then the agent ends.
 *
 * Errors: `{"error": {"code", "message"}}` with 4xx/5xx.
 */
export type AgentRoute =
  | "GET /status"
  | "PUT /processes"
  | "POST /processes/stop"
  | "PUT /edge"
  | "GET /edge"
  | "POST /edge/start"
  | "POST /edge/hold"
  | "POST /handover"
  | "POST /shutdown";

/** Body of `POST /processes/stop`. */
export interface StopRequest {
  readonly name: string;
  readonly release: string | null;
  /** `false`: answer once it was told to finish; it drains as a process in state `stopping`. */
  readonly wait: boolean;
}

/** Body of `POST /handover`. */
export interface Handover {
  /**
   * The agent that goes on: started by the one that ends, so that it inherits the listening socket
   * (descriptor 3) and the lock (descriptor 4). null: nobody, for now.
   */
  readonly next: readonly [string, ...string[]] | null;
}

/** Files of one environment, all below its folder unless said otherwise. Built by `environment-paths.ts`. */
export interface EnvironmentPaths {
  /** `<project>/.mizan` */
  readonly mizanFolder: string;
  /** `<project>/.mizan/env/<name>` */
  readonly folder: string;
  /** State store of D4. */
  readonly state: string;
  readonly releases: string;
  /** Content-addressed static files, named by SHA-256. */
  readonly assets: string;
  readonly data: string;
  readonly media: string;
  readonly logs: string;
  /** Sockets and the agent's own files. Elsewhere (per-user temp) when a socket path would exceed 100 bytes. */
  readonly run: string;
  readonly agentSocket: string;
  /** The agent's record of what it supervises, for adoption. */
  readonly agentState: string;
  readonly edgeControlSocket: string;
  /** Generated workerd configuration. */
  readonly edgeConfig: string;
  /** `slot-<n>.sock` */
  readonly slotSocket: (slot: number) => string;
  /** `render-<n>.sock`: Render of the release at that slot. */
  readonly renderSocket: (slot: number) => string;
  /** `ssr-<n>.sock`: its SSR server. */
  readonly ssrSocket: (slot: number) => string;
  /** Symbolic link to the socket of the release's SSR server: the slot may be another after a restart. */
  readonly ssrLink: (release: string) => string;
  /** Generated secrets, mode 0600. */
  readonly secrets: string;
}
