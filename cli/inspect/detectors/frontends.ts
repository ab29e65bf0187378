/** Finds frontends: packages with a framework or a bundler that make something to serve. */

import { buildFact } from "../build-fact.ts";
import { listCandidates } from "../candidates.ts";
import type { Detection, Detector, Facts, Finding, Frontend, ProjectFiles } from "../facts.ts";
import { findBuildOutput, findNamedOutput } from "../frontend-output.ts";
import { findMetaBuild, META_PACKAGES, type MetaBuild } from "../meta-frameworks.ts";
import { chooseNodePackageManager } from "../node-package-manager.ts";
import { listNodePackages, type NodePackage } from "../node-packages.ts";
import { joinPath } from "../project-paths.ts";

const FRAMEWORKS = ["react", "vue", "svelte"] as const;
const VITE = ["vite", "@sveltejs/kit", "astro"];
const WEBPACK = ["webpack", "react-scripts", "@vue/cli-service"];
const BUILD_SCRIPTS = ["build", "build:prod", "build:production"];
/** Make a folder of files out of others, but are tools too: only where the build script says where to. */
const BUILDERS = ["tailwindcss", "@tailwindcss/cli", "esbuild", "rollup", "parcel"];

export const frontendsDetector: Detector = {
  name: "frontends",
  finds: ["frontends"],
  /** @throws {MizanError} LOCK_FILES_DISAGREE, APP_INVALID */
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known.frontends !== undefined) return { facts: {} };
    const packages = listNodePackages(files);
    const apps = packages.filter((nodePackage) => isFrontend(files, nodePackage));
    const described = apps.map((nodePackage) => describeFrontend(files, nodePackage));
    const from = apps.map(({ path }) => path).join(", ") || "no package.json of a frontend";
    const frontends = described.map(({ frontend }) => frontend);
    const leftOut = packages.filter((nodePackage) => !apps.includes(nodePackage));
    const others = leftOut.map((nodePackage) => ({
      value: nodePackage.folder,
      from: nodePackage.path,
      why: explainNoFrontend(files, nodePackage),
    }));
    const why = "each makes something to serve";
    const considered = listCandidates({ value: frontends, from, why }, others);
    return {
      facts: { frontends: buildFact("frontends", frontends, from, "likely", considered) },
      findings: [
        ...described.flatMap(({ findings }) => findings),
        ...leftOut.flatMap((nodePackage) => explainLeftOut(files, nodePackage)),
      ],
    };
  },
};

/**
 * Linters and release tools are none, nor is the root of a workspace, nor a library for other
 * packages, nor an app that needs a Node server of its own.
 */
function isFrontend(files: ProjectFiles, nodePackage: NodePackage): boolean {
  const { folder, json, names } = nodePackage;
  if (findMetaBuild(files, nodePackage)?.needsServer === true) return false;
  if (!isUi(names)) return buildsForDjango(nodePackage);
  const peers = Object.keys(json.peerDependencies ?? {});
  const isLibrary = FRAMEWORKS.some((name) => peers.includes(name));
  const isWorkspaceRoot =
    json.workspaces !== undefined || files.has(joinPath(folder, "pnpm-workspace.yaml"));
  const hasEntry = ["index.html", "public/index.html", "src/app.html"].some((name) =>
    files.has(joinPath(folder, name)),
  );
  return hasEntry || (!isLibrary && !isWorkspaceRoot);
}

/** It has a framework or a bundler. */
function isUi(names: ReadonlySet<string>): boolean {
  return (
    [...FRAMEWORKS, ...META_PACKAGES].some((name) => names.has(name)) || bundlerOf(names) !== null
  );
}

/** Styles or scripts for Django's own pages: a builder that is told where to write. */
function buildsForDjango(nodePackage: NodePackage): boolean {
  const build = findBuildScript(nodePackage);
  return (
    build !== null &&
    BUILDERS.some((name) => nodePackage.names.has(name)) &&
    findNamedOutput(nodePackage, build) !== null
  );
}

function findBuildScript({ json }: NodePackage): string | null {
  return BUILD_SCRIPTS.find((name) => json.scripts?.[name] !== undefined) ?? null;
}

/** The reason of `isFrontend`, for people. */
function explainNoFrontend(files: ProjectFiles, nodePackage: NodePackage): string {
  const meta = findMetaBuild(files, nodePackage);
  if (meta?.needsServer === true) return `${meta.framework} needs a Node server of its own`;
  if (!isUi(nodePackage.names)) return "it has neither a framework nor a bundler: tools only";
  return nodePackage.json.peerDependencies === undefined
    ? "the root of a workspace, with no page of its own"
    : "a library for other packages, with no page of its own";
}

function describeFrontend(
  files: ProjectFiles,
  nodePackage: NodePackage,
): { readonly frontend: Frontend; readonly findings: readonly Finding[] } {
  const { folder, names, path } = nodePackage;
  const manager = chooseNodePackageManager(files, folder);
  const bundler = bundlerOf(names);
  const build = findBuildScript(nodePackage);
  const output = build === null ? null : findBuildOutput(files, nodePackage, bundler, build);
  const findings: Finding[] = [...manager.findings];
  if (build !== null && output === null) findings.push(buildOutputUnknown(path));
  return {
    frontend: {
      root: folder,
      packageManager: manager.packageManager,
      framework: FRAMEWORKS.find((name) => names.has(name)) ?? null,
      bundler,
      build,
      output,
    },
    findings,
  };
}

function bundlerOf(names: ReadonlySet<string>): Frontend["bundler"] {
  if (VITE.some((name) => names.has(name))) return "vite";
  return WEBPACK.some((name) => names.has(name)) ? "webpack" : null;
}

function buildOutputUnknown(path: string): Finding {
  return {
    code: "FRONTEND_OUTPUT_UNKNOWN",
    severity: "warning",
    message: `Where the build of ${path} writes its output cannot be read from its configuration`,
    evidence: path,
    hint: 'Name it in mizan.config: facts: { frontends: [{ …, output: "…" }] }.',
  };
}

/** What is not built is said, if a page may need it. */
function explainLeftOut(files: ProjectFiles, nodePackage: NodePackage): readonly Finding[] {
  const { path, json, names } = nodePackage;
  const meta = findMetaBuild(files, nodePackage);
  if (meta?.needsServer === true) return [serverNeeded(path, meta)];
  if (json.scripts?.["build"] === undefined || json.workspaces !== undefined) return [];
  if (isUi(names)) return [];
  return [
    {
      code: "PACKAGE_NOT_BUILT",
      severity: "info",
      message: `${path} has a build script but neither framework nor bundler: it is not built`,
      evidence: path,
      hint: "If the app needs it, list it under facts.frontends in mizan.config.",
    },
  ];
}

function serverNeeded(path: string, { framework, remedy }: MetaBuild): Finding {
  return {
    code: "FRONTEND_NEEDS_SERVER",
    severity: "warning",
    message: `${path} is a ${framework} app that needs a Node server of its own, which Mizan does not run: Django is deployed without it`,
    evidence: path,
    hint: `Let its build make static files (${remedy}), or run it elsewhere and let it call Django.`,
  };
}
