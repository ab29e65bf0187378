/** Decides which environment a command is about (design D13, "Default target"). */

import { MizanError } from "../../infra/contract/errors.ts";
import { nearestName } from "../inspect/nearest-name.ts";
import {
  buildDefaultEnvironment,
  type Config,
  DEFAULT_ENVIRONMENT,
  type EnvironmentConfig,
} from "./schema.ts";

export interface EnvironmentChoice {
  /** `--env`, else undefined. */
  readonly environmentName: string | undefined;
  /** `--target`, else undefined. */
  readonly targetName: string | undefined;
}

export interface ResolvedEnvironment extends EnvironmentConfig {
  readonly name: string;
}

const KNOWN_TARGETS = ["local", "aws", "azure"];

/**
 * `--env` decides, else `defaultEnvironment`, else `local`, which exists without being configured.
 * @throws {MizanError} ENVIRONMENT_UNKNOWN; USAGE when `--target` is unknown or contradicts the
 *   environment; PLATFORM_UNSUPPORTED for a target that this version does not have.
 */
export function resolveEnvironment(config: Config, choice: EnvironmentChoice): ResolvedEnvironment {
  const name = choice.environmentName ?? config.defaultEnvironment ?? DEFAULT_ENVIRONMENT;
  const configured = Object.hasOwn(config.environments, name)
    ? config.environments[name]
    : undefined;
  if (configured === undefined && name !== DEFAULT_ENVIRONMENT)
    throw createUnknownError(config, name);
  const environment = configured ?? buildDefaultEnvironment();
  const isNamed = configured !== undefined || choice.environmentName !== undefined;
  checkTarget(name, environment, choice.targetName, isNamed);
  return { ...environment, name };
}

function checkTarget(
  name: string,
  environment: EnvironmentConfig,
  targetName: string | undefined,
  isNamed: boolean,
): void {
  if (targetName === undefined || targetName === environment.target) return;
  if (!KNOWN_TARGETS.includes(targetName)) {
    throw new MizanError("USAGE", `Unknown target "${targetName}"`, {
      hint: "This version has one target: --target local",
      details: { target: targetName },
    });
  }
  if (isNamed) {
    throw new MizanError(
      "USAGE",
      `--target ${targetName} contradicts environment "${name}", whose target is ${environment.target}`,
      { hint: "Leave --target out: the environment says it.", details: { environment: name } },
    );
  }
  throw new MizanError("PLATFORM_UNSUPPORTED", `Target "${targetName}" is not there yet`, {
    hint: "This version deploys to this machine: mizan deploy --target local",
    details: { target: targetName },
  });
}

function createUnknownError(config: Config, name: string): MizanError {
  const known = [...new Set([...Object.keys(config.environments), DEFAULT_ENVIRONMENT])];
  const nearest = nearestName(name, known);
  return new MizanError(
    "ENVIRONMENT_UNKNOWN",
    `No environment "${name}": there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`,
    {
      hint:
        nearest === null
          ? `Add it to mizan.config: environments: { "${name}": {} }`
          : `Did you mean --env ${nearest}?`,
      details: { environment: name, known },
    },
  );
}
