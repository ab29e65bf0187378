/** The formats that can be imported: where they lie, how they are written, what their keys become. */

import type { FormatTable } from "../key-rule.ts";
import { COMPOSE } from "./compose.ts";
import { COPILOT } from "./copilot.ts";
import { FLY } from "./fly.ts";
import { PROCFILE } from "./procfile.ts";
import { RAILWAY } from "./railway.ts";
import { RENDER } from "./render.ts";

export const FORMAT_NAMES = ["procfile", "fly", "railway", "render", "copilot", "compose"] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];

export interface Format {
  /** For people: `Fly.io`. */
  readonly title: string;
  /** Where it lies in a project, the preferred name first. Copilot's are looked for apart. */
  readonly paths: readonly string[];
  /** What a file that is given by its path is called. */
  readonly fileName: RegExp;
  readonly table: FormatTable;
}

export const FORMATS: Readonly<Record<FormatName, Format>> = {
  procfile: {
    title: "Procfile",
    paths: ["Procfile"],
    fileName: /^Procfile(\..+)?$/,
    table: PROCFILE,
  },
  fly: {
    title: "Fly.io",
    paths: ["fly.toml", "fly.json", "fly.yaml", "fly.yml"],
    fileName: /^fly([.-].+)?\.(toml|json|ya?ml)$/,
    table: FLY,
  },
  railway: {
    title: "Railway",
    paths: ["railway.toml", "railway.json"],
    fileName: /^railway([.-].+)?\.(toml|json)$/,
    table: RAILWAY,
  },
  render: {
    title: "Render",
    paths: ["render.yaml", "render.yml"],
    fileName: /^render([.-].+)?\.ya?ml$/,
    table: RENDER,
  },
  copilot: {
    title: "AWS Copilot",
    paths: [],
    fileName: /^(.+\.)?manifest\.ya?ml$/,
    table: COPILOT,
  },
  compose: {
    title: "Compose",
    paths: ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"],
    fileName: /^(docker-)?compose([.-].+)?\.ya?ml$/,
    table: COMPOSE,
  },
};
