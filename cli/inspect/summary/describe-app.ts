/** The first sentences of the summary: what the app is. */

import type { Facts, Frontend, MizanTraces, NodePackageManager, PackageManager } from "../facts.ts";
import { listWords } from "./layout.ts";

/** null: the name of the file says it. */
const MANAGER_NAMES: Readonly<Record<PackageManager, string | null>> = {
  uv: "uv",
  poetry: "Poetry",
  pdm: "PDM",
  pipenv: "Pipenv",
  requirements: null,
  pep621: null,
};
const FRAMEWORK_NAMES = { react: "React", vue: "Vue", svelte: "Svelte" } as const;
const BUNDLER_NAMES = { vite: "Vite", webpack: "webpack" } as const;
const NODE_NAMES: Readonly<Record<NodePackageManager, string>> = {
  npm: "npm",
  pnpm: "pnpm",
  yarn: "Yarn",
  bun: "Bun",
};

/** @returns Whole sentences; empty where nothing of an app was found. */
export function describeApp(facts: Facts): string {
  const frontends = facts.frontends?.value ?? [];
  if (facts["backend.framework"]?.value !== "django") {
    if (frontends.length === 0) return "There is no Django app here.";
    return `There is no Django app here, only ${describeFrontends(frontends)}.`;
  }
  const sentences = [
    describeKind(facts, frontends),
    describePython(facts),
    describePackages(facts),
    describeSettings(facts),
  ];
  const mizan = facts.mizan?.value ?? null;
  if (mizan !== null) sentences.push(describeMizan(facts, mizan));
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function describeKind(facts: Facts, frontends: readonly Frontend[]): string {
  const version = facts["settings.django"]?.value;
  const root = facts["backend.root"]?.value ?? ".";
  const django = `Django${version === undefined ? "" : ` ${version}`}`;
  const place = root === "." ? "" : ` in ${root}/`;
  const also = frontends.length === 0 ? "" : `, with ${describeFrontends(frontends)}`;
  return `This is a ${django} app${place}${also}.`;
}

function describeFrontends(frontends: readonly Frontend[]): string {
  return listWords(
    frontends.map(({ root, framework, bundler, packageManager }) => {
      const name = framework === null ? "a frontend" : `a ${FRAMEWORK_NAMES[framework]} frontend`;
      const place = root === "." ? "" : ` in ${root}/`;
      const by = bundler === null ? "" : ` built by ${BUNDLER_NAMES[bundler]}`;
      return `${name}${place}${by} with ${NODE_NAMES[packageManager]}`;
    }),
  );
}

function describePython(facts: Facts): string {
  const asked = facts["backend.python"];
  const used = facts["settings.python"]?.value;
  const runs = used === undefined ? "" : ` and runs on ${used}`;
  if (asked?.value != null) return `It asks for Python ${asked.value} (${asked.from})${runs}.`;
  if (used !== undefined) return `It asks for no Python version${runs}.`;
  return "It asks for no Python version, so the deploy takes the newest that its Django supports.";
}

function describePackages(facts: Facts): string {
  const manager = facts["backend.packageManager"];
  if (manager === undefined) return "";
  const name = MANAGER_NAMES[manager.value];
  const files = facts["backend.dependencyFiles"]?.value ?? [];
  // Of a lock file and its manifest, the lock decides.
  const sources = manager.value === "requirements" ? files : files.slice(0, 1);
  const by = name === null ? "" : `, by ${name}`;
  return `Its packages are those of ${listWords(sources)}${by}.`;
}

function describeSettings(facts: Facts): string {
  const settings = facts["backend.settingsModule"];
  if (settings === undefined) return "";
  const verb = settings.confidence === "guess" ? "are probably" : "are";
  const isProduction = settings.from.includes(" (production; ");
  const name = isProduction ? `${settings.value}, made for production` : settings.value;
  return `Its settings ${verb} ${name} (${settings.from.replace(/ \(production(; .*)\)$/, "$1")}).`;
}

/** Version and prefix are known from the settings alone. */
function describeMizan(facts: Facts, traces: MizanTraces): string {
  const mizan = facts["settings.mizan"]?.value ?? null;
  if (mizan === null) {
    const isUsed = traces.installedApp || traces.package;
    return isUsed
      ? "It is written with the Mizan framework."
      : "It has traces of the Mizan framework.";
  }
  const version = mizan.version === null ? "" : ` ${mizan.version}`;
  const at = mizan.baseUrls.length === 0 ? "" : `, at ${listWords(mizan.baseUrls)}`;
  return `It is written with the Mizan framework${version}${at}.`;
}
