/**
 * Finds the environment in which the release's settings import, and reads their facts: variables,
 * overlay, own services, again until nothing new is asked for.
 */

import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { MizanError } from "../../../infra/contract/errors.ts";
import type { AppError, ProbeResult, SettingsFacts } from "../../../runtime/origin/contract.ts";
import type { Facts } from "../../inspect/facts.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import {
  DATABASE_URL,
  decideServices,
  needsDatabaseUrl,
  type ServiceName,
} from "./decide-services.ts";
import type { EnvironmentRecord } from "./environment-record.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import type { LocalSession } from "./local-session.ts";
import { findLibraryHint } from "./missing-library.ts";
import { type AppRing, type AssignedRings, assignRings } from "./mizan/assign-rings.ts";
import { writeKeyFiles } from "./mizan/edge-secrets.ts";
import { buildRuntimeEnv } from "./process-specs.ts";
import { provideValues } from "./provide-values.ts";
import { findServiceOfVariable } from "./provided-variables.ts";
import { runRuntime } from "./run-runtime.ts";
import { probeResultSchema } from "./runtime-schemas.ts";
import { listRunningServices, startServices } from "./start-services.ts";
import { buildVariableSources } from "./variables/describe-variables.ts";
import { assertNoneMissing } from "./variables/missing-variables.ts";
import { writePrivateFile } from "./variables/private-file.ts";
import { readVariables } from "./variables/read-variables.ts";
import type { Secrets } from "./variables/secrets-file.ts";
import type { Variables } from "./variables/variable.ts";
import { writeVariablesFile } from "./variables-file.ts";
import { type ServiceUrls, secretKeyFile, writeOverlay } from "./write-overlay.ts";

/** Each round answers what the one before asked for; real settings need one to three. */
const MAX_ROUNDS = 6;
/** Source of a variable whose value the target knows itself. */
const MIZAN = "mizan";

/** What every import of the settings needs. */
export interface RoundOptions {
  readonly plan: LaunchPlan;
  readonly backendRoot: string;
  readonly secrets: Secrets;
  readonly environment: EnvironmentRecord;
  readonly signal: AbortSignal;
}

export interface SettingsOptions extends RoundOptions {
  readonly staticFacts: Facts;
  readonly agent: AgentClient;
  /** Variables of the release before, name → source: saves a round. */
  readonly known: Readonly<Record<string, string>>;
  /** Those of them that hold a ring's key. */
  readonly knownRings: Readonly<Record<string, AppRing>>;
  readonly progress: (text: string) => void;
}

export interface PreparedSettings {
  readonly facts: SettingsFacts;
  readonly probe: ProbeResult;
  /** What the user gave, with its sources. */
  readonly variables: Variables;
  /** Every variable of the release: name → source (`.env`, `shell`, `mizan`). */
  readonly sources: Readonly<Record<string, string>>;
  readonly services: readonly ServiceName[];
  /** Keys of this environment that the app uses. */
  readonly rings: AssignedRings;
  /** STATIC_ROOT of the release. */
  readonly staticFolder: string;
}

/** What one round is run with. */
interface Round {
  readonly names: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
  readonly services: ReadonlySet<ServiceName>;
  /** Variable → ring whose key it holds. */
  readonly rings: Readonly<Record<string, AppRing>>;
}

/** @throws {MizanError} VARIABLES_MISSING, SETTINGS_FAILED, TOOL_MISSING, SERVICE_FAILED. */
export async function prepareSettings(
  session: LocalSession,
  options: SettingsOptions,
): Promise<PreparedSettings> {
  await writePrivateFile(secretKeyFile(session), options.secrets.secretKey.reveal());
  await writeKeyFiles(session, options.secrets);
  let round: Round = {
    names: new Set(Object.keys(options.known)),
    required: new Set(Object.keys(options.known).filter((name) => options.known[name] === MIZAN)),
    services: new Set(await listRunningServices(options.agent)),
    rings: options.knownRings,
  };
  for (let count = 0; count < MAX_ROUNDS; count += 1) {
    const urls = await startServices(session, options.agent, round.services, options);
    options.progress("importing the settings");
    const done = await runRound(session, options, round, urls);
    const next = nextRound(session, options, round, done);
    if (isSameRound(round, next)) {
      const concluded = conclude(session, options, round, done);
      const staticFolder = chooseStaticFolder(session, options, concluded.facts);
      await writeOverlay(session, { ...options.plan, staticFolder }, options.environment, urls);
      return { ...concluded, staticFolder };
    }
    round = next;
  }
  throw new MizanError("SETTINGS_FAILED", "The settings ask for something new at every import.", {
    hint: "mizan inspect",
  });
}

export interface RoundResult {
  readonly probe: ProbeResult;
  readonly variables: Variables;
  readonly provided: Readonly<Record<string, string>>;
}

/** Writes variables and overlay beside the release and imports the settings once. */
export async function runRound(
  session: LocalSession,
  options: RoundOptions,
  round: Pick<Round, "names" | "required" | "rings">,
  urls: ServiceUrls,
): Promise<RoundResult> {
  const { environment, plan } = options;
  const variables = await readVariables({
    projectRoot: session.projectRoot,
    backendRoot: options.backendRoot,
    environmentName: session.environment.name,
    shell: session.context.env,
    configEnv: session.environment.env,
    passEnv: session.environment.passEnv,
    askedNames: [...round.names],
  });
  const provided = provideValues(session, options, round, variables, urls);
  const given = [...variables].map(([name, { value }]) => [name, value.reveal()] as const);
  await writeVariablesFile(plan.variablesFile, { ...provided, ...Object.fromEntries(given) });
  await writeOverlay(session, plan, environment, urls);
  const { result: probe } = await runRuntime(
    {
      verb: "probe",
      plan,
      env: buildRuntimeEnv(plan, session.specs),
      logFile: join(session.paths.logs, `settings-${plan.release}.log`),
      signal: options.signal,
    },
    probeResultSchema,
  );
  return { probe, variables, provided };
}

function nextRound(
  session: LocalSession,
  options: SettingsOptions,
  round: Round,
  done: RoundResult,
): Round {
  const { probe, variables } = done;
  const shell = session.context.env;
  const asked = probe.variables.map((variable) => variable.name);
  const fromShell = asked.filter((name) => shell[name] !== undefined);
  const required = probe.variables.filter(({ required }) => required).map(({ name }) => name);
  const services = new Set<ServiceName>();
  if (probe.facts !== null) {
    const missing = asked.filter((name) => !variables.has(name));
    const isOurs = session.environment.database !== "external";
    if (isOurs && needsDatabaseUrl(probe.facts, missing)) required.push(DATABASE_URL);
    const given = {
      database: session.environment.database,
      redis: session.environment.redis,
      givenNames: asked.filter((name) => variables.has(name)),
    };
    for (const { service } of decideServices(probe.facts, given)) services.add(service);
  }
  for (const name of required) {
    const service = variables.has(name) ? null : serviceForName(name, options.staticFacts);
    if (service !== null) services.add(service);
  }
  return {
    names: new Set([...round.names, ...fromShell]),
    required: new Set([...round.required, ...required]),
    services: probe.facts === null ? new Set([...round.services, ...services]) : services,
    rings: probe.facts === null ? round.rings : assignFor(session, done).variables,
  };
}

function assignFor(session: LocalSession, { probe, variables }: RoundResult): AssignedRings {
  const { overlay, disabledOverlayRules } = session.environment;
  return assignRings({
    mizan: probe.facts?.mizan ?? null,
    given: new Set(variables.keys()),
    fillsSettings: overlay && !disabledOverlayRules.includes("mizan"),
  });
}

/** A required address that nobody gave: the settings cannot say yet which kind it must be. */
function serviceForName(name: string, facts: Facts): ServiceName | null {
  const service = findServiceOfVariable(name);
  if (service !== "database") return service;
  return facts["backend.database"]?.value === "postgresql" ? "postgres" : null;
}

function isSameRound(a: Round, b: Round): boolean {
  const same = (left: ReadonlySet<string>, right: ReadonlySet<string>) =>
    left.size === right.size && [...left].every((name) => right.has(name));
  return (
    same(a.names, b.names) &&
    same(a.required, b.required) &&
    same(a.services, b.services) &&
    isDeepStrictEqual({ ...a.rings }, { ...b.rings })
  );
}

function conclude(
  session: LocalSession,
  options: SettingsOptions,
  round: Round,
  done: RoundResult,
): Omit<PreparedSettings, "staticFolder"> {
  const { probe, variables, provided } = done;
  assertNoneMissing(probe.variables, new Set([...variables.keys(), ...Object.keys(provided)]));
  if (probe.error !== null) throw settingsFailed(options.plan, probe.error);
  if (probe.facts === null) throw new Error("The probe gave neither facts nor an error");
  const own = Object.keys(provided).map((name) => [name, MIZAN]);
  const sources = { ...Object.fromEntries(own), ...buildVariableSources(variables) };
  const rings = assignFor(session, done);
  return { facts: probe.facts, probe, variables, sources, rings, services: [...round.services] };
}

/**
 * Releases that would collect the same files share a folder, which is then collected once. Not
 * where the frontend is built later: what it adds is not in the fingerprint yet.
 */
function chooseStaticFolder(
  session: LocalSession,
  { plan, staticFacts }: SettingsOptions,
  facts: SettingsFacts,
): string {
  if ((staticFacts.mizan?.value?.config ?? null) !== null) return plan.staticFolder;
  const { fingerprint, root } = facts.static;
  if (fingerprint === null || root !== plan.staticFolder) return plan.staticFolder;
  return join(session.paths.folder, "static", fingerprint.slice(0, 32));
}

/** The app's own code fails: what, where, and the lines that prove it. */
function settingsFailed(plan: LaunchPlan, error: AppError): MizanError {
  const at = error.location === null ? "" : ` at ${error.location}`;
  return new MizanError(
    "SETTINGS_FAILED",
    `The app does not start${at}: ${error.type}: ${error.message}. Release ${plan.release} took no traffic.`,
    {
      hint: findLibraryHint(error) ?? "Fix it, then: mizan deploy",
      details: { type: error.type, location: error.location, output: error.traceback },
    },
  );
}
