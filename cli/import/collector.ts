/** Gathers what an import keeps: facts, settings of the environment, and names of variables. */

import { FACT_OVERRIDES } from "../config/fact-overrides-schema.ts";
import { CONFIG_SCHEMA, type ConfigInput } from "../config/schema.ts";
import type { FactOverrides } from "../inspect/facts.ts";
import { automatic, type Becomes, kept, none, type Place } from "./key-rule.ts";
import { isSecret } from "./looks-secret.ts";

type EnvironmentInput = NonNullable<NonNullable<ConfigInput["environments"]>[string]>;
type EnvironmentKey = "hosts" | "workers" | "startTimeoutSeconds";

/** A line of the new config. */
export interface KeptValue {
  readonly value: unknown;
  /** `fly.toml:12`; several parted by comma. */
  readonly from: string;
}

/** A variable that the other tool sets. */
export interface ImportedVariable {
  readonly name: string;
  /** Null: a secret, or it may be one, or the file does not have it. */
  readonly value: string | null;
  readonly at: string;
}

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export class Collector {
  readonly facts = new Map<string, KeptValue>();
  readonly environment = new Map<string, KeptValue>();
  readonly variables = new Map<string, ImportedVariable>();
  /** While true, nothing is kept: these are overrides for another tool's environments. */
  isOverride = false;

  keepFact<Key extends keyof FactOverrides>(
    key: Key,
    value: NonNullable<FactOverrides[Key]>,
    place: Place,
  ): Becomes {
    const parsed = FACT_OVERRIDES.safeParse({ [key]: value });
    if (!parsed.success) return refuse(key, parsed.error.issues[0]?.message);
    return this.#keep(this.facts, key, value, { at: place.at, shown: `facts["${key}"]` });
  }

  /** Adds to the list or table that the fact is. */
  addToFact(key: "processes", name: string, value: string, place: Place): Becomes;
  addToFact(key: "dockerfiles", name: string, value: null, place: Place): Becomes;
  addToFact(key: "processes" | "dockerfiles", name: string, value: string | null, place: Place) {
    const before = this.facts.get(key)?.value;
    const after =
      key === "processes"
        ? { ...(before as Record<string, string> | undefined), [name]: value } // only filled here
        : [...new Set([...((before as string[] | undefined) ?? []), name])]; // likewise
    const parsed = FACT_OVERRIDES.safeParse({ [key]: after });
    if (!parsed.success) return refuse(key, parsed.error.issues[0]?.message);
    const shown = key === "processes" ? `facts.processes.${name}` : `facts.${key}`;
    if (this.isOverride) return createOverrideRow(shown);
    if (key === "processes" && isOther(before, name, value)) return refuseSecond(shown);
    this.facts.set(key, { value: after, from: joinPlaces(this.facts.get(key)?.from, place.at) });
    return kept(shown);
  }

  keepEnvironment<Key extends EnvironmentKey>(
    key: Key,
    value: NonNullable<EnvironmentInput[Key]>,
    place: Place,
  ): Becomes {
    const parsed = CONFIG_SCHEMA.safeParse({ environments: { local: { [key]: value } } });
    if (!parsed.success) return refuse(key, parsed.error.issues[0]?.message);
    const shown = `environments.local.${key}`;
    const before = this.environment.get(key);
    if (!Array.isArray(value) || before === undefined || this.isOverride) {
      return this.#keep(this.environment, key, value, { at: place.at, shown });
    }
    const merged = [...new Set([...(before.value as unknown[]), ...value])]; // the same key: a list too
    this.environment.set(key, { value: merged, from: joinPlaces(before.from, place.at) });
    return kept(shown);
  }

  /**
   * @param value Null where the file does not have it.
   * @returns what becomes of the variable; its value never goes into the config.
   */
  addVariable(name: string, value: string | null, place: Place): Becomes {
    const own = this.#takeKnownVariable(name, value, place);
    if (own !== null) return own;
    if (!VARIABLE_NAME.test(name)) return none("not a name of an environment variable");
    if (name.startsWith("MIZAN_")) return none("names with MIZAN_ are Mizan's own");
    if (this.isOverride) return createOverrideRow(`${name} in .env`);
    const isShown = value !== null && !isSecret(name, value);
    if (!this.variables.has(name) || isShown) {
      this.variables.set(name, { name, value: isShown ? value : null, at: place.at });
    }
    return kept(isShown ? "a line for .env, below" : "its name; put the value into .env");
  }

  /** Variables that mean something to Mizan. */
  #takeKnownVariable(name: string, value: string | null, place: Place): Becomes | null {
    if (name === "DJANGO_SETTINGS_MODULE" && value !== null) {
      return this.keepFact("backend.settingsModule", value, place);
    }
    if (name === "WEB_CONCURRENCY" && value !== null && /^\d+$/.test(value)) {
      return this.keepEnvironment("workers", Number(value), place);
    }
    if (name === "SECRET_KEY") return automatic("generated once, kept in a file of mode 0600");
    if (name === "PORT") return automatic("each process gets an address of its own");
    return null;
  }

  #keep(
    store: Map<string, KeptValue>,
    key: string,
    value: unknown,
    { at, shown }: { readonly at: string; readonly shown: string },
  ): Becomes {
    if (this.isOverride) return createOverrideRow(shown);
    const before = store.get(key);
    if (before !== undefined && JSON.stringify(before.value) !== JSON.stringify(value)) {
      return none(`${shown} is already kept from ${before.from}, and can be one thing only`);
    }
    if (before === undefined) store.set(key, { value, from: at });
    return kept(shown);
  }
}

function refuse(key: string, problem: string | undefined): Becomes {
  return none(`not kept as ${key}: it ${problem ?? "has another form"}`);
}

function refuseSecond(shown: string): Becomes {
  return none(`${shown} is already kept with another command; give one of them another name`);
}

function createOverrideRow(shown: string): Becomes {
  return none(`overrides ${shown} in one environment: add it under environments when you have one`);
}

function isOther(before: unknown, name: string, value: string | null): boolean {
  const known = (before ?? {}) as Record<string, string>; // only filled by addToFact
  return Object.hasOwn(known, name) && known[name] !== value;
}

function joinPlaces(before: string | undefined, at: string): string {
  if (before === undefined) return at;
  return before.split(", ").includes(at) ? before : `${before}, ${at}`;
}
