/** Frameworks around React, Vue and Svelte that may need a Node server of their own, and what makes a build of them static. */

import type { ProjectFiles } from "./facts.ts";
import { readFrontendConfig, readFrontendSetting } from "./frontend-config.ts";
import type { NodePackage } from "./node-packages.ts";

export interface MetaBuild {
  /** As people call it. */
  readonly framework: string;
  /** Folder of the static build, relative to the package; null: unknown, or it needs a server. */
  readonly output: string | null;
  readonly needsServer: boolean;
  /** What makes its build static. */
  readonly remedy: string;
}

interface MetaFramework {
  readonly packageName: string;
  readonly framework: string;
  readonly remedy: string;
  /** The output folder of a static build, null where it is not plain; undefined: it needs a server. */
  findOutput(files: ProjectFiles, nodePackage: NodePackage): string | null | undefined;
}

/** Each by its own reference of the build's options. */
const META_FRAMEWORKS: readonly MetaFramework[] = [
  {
    packageName: "next",
    framework: "Next.js",
    remedy: 'set output: "export" in next.config',
    findOutput(files, { folder, json }) {
      const config = readFrontendConfig(files, folder, /^next\.config\.[cm]?[jt]s$/);
      if (/\bnext\s+export\b/.test(json.scripts?.["build"] ?? "")) return "out";
      if (readFrontendSetting(config, "output", "") !== "export") return undefined;
      return readFrontendSetting(config, "distDir", "out");
    },
  },
  {
    packageName: "nuxt",
    framework: "Nuxt",
    remedy: "let the build script run nuxt generate",
    findOutput(_files, { json }) {
      return /\bnux[ti]\s+generate\b/.test(json.scripts?.["build"] ?? "")
        ? ".output/public"
        : undefined;
    },
  },
  {
    packageName: "@sveltejs/kit",
    framework: "SvelteKit",
    remedy: "use @sveltejs/adapter-static",
    findOutput(files, { folder, names }) {
      if (!names.has("@sveltejs/adapter-static")) return undefined;
      const config = readFrontendConfig(files, folder, /^(?:svelte|vite)\.config\.[cm]?[jt]s$/);
      return readFrontendSetting(config, "pages", "build");
    },
  },
  {
    packageName: "@react-router/dev",
    framework: "React Router (framework mode)",
    remedy: "set ssr: false in react-router.config",
    findOutput: findRemixOutput,
  },
  {
    packageName: "@remix-run/dev",
    framework: "Remix",
    remedy: "set ssr: false in its options",
    findOutput: findRemixOutput,
  },
  {
    packageName: "astro",
    framework: "Astro",
    remedy: 'set output: "static" in astro.config',
    findOutput(files, { folder }) {
      const config = readFrontendConfig(files, folder, /^astro\.config\.[cm]?[jt]s$/);
      const mode = readFrontendSetting(config, "output", "static");
      return mode === "static" ? readFrontendSetting(config, "outDir", "dist") : undefined;
    },
  },
  {
    packageName: "gatsby",
    framework: "Gatsby",
    remedy: "leave its build as it is",
    findOutput: () => "public",
  },
];

export const META_PACKAGES: readonly string[] = META_FRAMEWORKS.map(
  ({ packageName }) => packageName,
);

/** null: the package uses none of them. */
export function findMetaBuild(files: ProjectFiles, nodePackage: NodePackage): MetaBuild | null {
  const found = META_FRAMEWORKS.find(({ packageName }) => nodePackage.names.has(packageName));
  if (found === undefined) return null;
  const output = found.findOutput(files, nodePackage);
  const { framework, remedy } = found;
  return { framework, remedy, output: output ?? null, needsServer: output === undefined };
}

function findRemixOutput(files: ProjectFiles, { folder }: NodePackage): string | null | undefined {
  const config = readFrontendConfig(files, folder, /^(?:react-router|vite)\.config\.[cm]?[jt]s$/);
  if (!/\bssr\s*:\s*false\b/.test(config)) return undefined;
  const folderOfBuild = readFrontendSetting(config, "buildDirectory", "build");
  return folderOfBuild === null ? null : `${folderOfBuild}/client`;
}
