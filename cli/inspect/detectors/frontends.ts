/** Finds frontends: packages with a framework or a bundler that make something to serve. */

import { buildFact } from "../build-fact.ts";
import type { Detection, Detector, Facts, Finding, Frontend, ProjectFiles } from "../facts.ts";
import { findBuildOutput } from "../frontend-output.ts";
import { chooseNodePackageManager } from "../node-package-manager.ts";
import { listNodePackages, type NodePackage } from "../node-packages.ts";
import { joinPath } from "../project-paths.ts";

const FRAMEWORKS = ["react", "vue", "svelte"] as const;
const VITE = ["vite", "@sveltejs/kit"];
const WEBPACK = ["webpack", "react-scripts", "@vue/cli-service"];
const BUILD_SCRIPTS = ["build", "build:prod", "build:production"];

export const frontendsDetector: Detector = {
  name: "frontends",
  /** @throws {MizanError} LOCK_FILES_DISAGREE, APP_INVALID */
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known.frontends !== undefined) return { facts: {} };
    const packages = listNodePackages(files);
    const apps = packages.filter((nodePackage) => isFrontend(files, nodePackage));
    const described = apps.map((nodePackage) => describeFrontend(files, nodePackage));
    const from = apps.map(({ path }) => path).join(", ") || "no package.json of a frontend";
    const frontends = described.map(({ frontend }) => frontend);
    return {
      facts: { frontends: buildFact("frontends", frontends, from, "likely") },
      findings: [
        ...described.flatMap(({ findings }) => findings),
        ...packages.filter((p) => !apps.includes(p)).flatMap(explainLeftOut),
      ],
    };
  },
};

/** Linters and release tools are none, nor is the root of a workspace, nor a library for other packages. */
function isFrontend(files: ProjectFiles, { folder, json, names }: NodePackage): boolean {
  const hasFramework = FRAMEWORKS.some((name) => names.has(name));
  const hasBundler = bundlerOf(names) !== null;
  if (!hasFramework && !hasBundler) return false;
  const peers = Object.keys(json.peerDependencies ?? {});
  const isLibrary = FRAMEWORKS.some((name) => peers.includes(name));
  const isWorkspaceRoot =
    json.workspaces !== undefined || files.has(joinPath(folder, "pnpm-workspace.yaml"));
  const hasEntry = ["index.html", "public/index.html", "src/app.html"].some((name) =>
    files.has(joinPath(folder, name)),
  );
  return hasEntry || (!isLibrary && !isWorkspaceRoot);
}

function describeFrontend(
  files: ProjectFiles,
  nodePackage: NodePackage,
): { readonly frontend: Frontend; readonly findings: readonly Finding[] } {
  const { folder, json, names, path } = nodePackage;
  const manager = chooseNodePackageManager(files, folder);
  const bundler = bundlerOf(names);
  const build = BUILD_SCRIPTS.find((name) => json.scripts?.[name] !== undefined) ?? null;
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

/** A build script without framework or bundler may still be needed, e.g. Tailwind alone. */
function explainLeftOut({ path, json, names }: NodePackage): readonly Finding[] {
  if (json.scripts?.["build"] === undefined || json.workspaces !== undefined) return [];
  if (FRAMEWORKS.some((name) => names.has(name)) || bundlerOf(names) !== null) return [];
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
