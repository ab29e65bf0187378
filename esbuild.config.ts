/** Builds everything that the package ships into `dist/`: `npm run build`. */

import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import ts from "typescript";

const root = import.meta.dirname;

/** Oldest Node that users may run: `engines` of package.json. */
const NODE_TARGET = "node22.12";

/** Bundled though it is a package: loading its eight files makes `--help` a fifth slower. */
const BUNDLED = "commander";

/** commander imports `node:process`; as a module that opens stdin, stdout and stderr at once (4 ms). */
const globalProcess: Plugin = {
  name: "global-process",
  setup(builder) {
    builder.onResolve({ filter: /^node:process$/ }, () => ({
      path: "process",
      namespace: "global",
    }));
    builder.onLoad({ filter: /.*/, namespace: "global" }, () => ({
      contents: "export default globalThis.process;",
    }));
  },
};

/**
 * The program, the agent that it starts, and what a `mizan.config.ts` imports.
 * Files that ship beside them are found by `packageFile`, so chunks may lie anywhere.
 */
const cli = {
  entryPoints: {
    bin: "cli/bin.ts",
    agent: "cli/targets/local/agent/main.ts",
    "config/define-config": "cli/config/define-config.ts",
  },
  outdir: "dist/cli",
  outExtension: { ".js": ".mjs" },
  chunkNames: "[name]-[hash]",
  splitting: true, // dynamic imports stay dynamic: `--help` loads little
  external: await listInstalled(), // dependencies are installed beside us
  plugins: [globalProcess],
  platform: "node",
  target: NODE_TARGET,
} satisfies BuildOptions;

/**
 * Workers carry everything with them: workerd and Cloudflare load one module. `render` is bundled once
 * more, by each deploy, with the app's components.
 */
const edge = {
  entryPoints: { cache: "edge/cache/worker.ts", render: "edge/render/index.ts" },
  outdir: "dist/edge",
  outExtension: { ".js": ".mjs" },
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["workerd", "worker", "browser"],
  target: "es2023",
} satisfies BuildOptions;

/** Bun runs `server`; `child` is bundled once more, by each deploy, with the app's components. */
const ssr = {
  entryPoints: { server: "runtime/ssr/server.ts", child: "runtime/ssr/child.ts" },
  outdir: "dist/ssr",
  outExtension: { ".js": ".mjs" },
  platform: "neutral",
  mainFields: ["module", "main"],
  external: ["node:*", "bun"],
  target: "esnext",
} satisfies BuildOptions;

/** Files that are read, not imported, from the bundle's folder. */
const copies: Readonly<Record<string, string>> = {
  // Their licences ask for it: they are in our bundles.
  "dist/licenses/commander.txt": "node_modules/commander/LICENSE",
  "dist/licenses/jose.txt": "node_modules/jose/LICENSE.md",
  "dist/licenses/resolve-uri.txt": "node_modules/@jridgewell/resolve-uri/LICENSE",
  "dist/licenses/sourcemap-codec.txt": "node_modules/@jridgewell/sourcemap-codec/LICENSE",
  "dist/licenses/trace-mapping.txt": "node_modules/@jridgewell/trace-mapping/LICENSE",
  "dist/cli/listen.py": "cli/targets/local/agent/listen.py",
};

type Files = Map<string, string | Uint8Array>;

async function listInstalled(): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>; // our own file
  };
  return Object.keys(manifest.dependencies).filter((name) => name !== BUNDLED);
}

async function buildPackage(): Promise<void> {
  const outputs = await Promise.all([bundle(cli), bundle(edge), bundle(ssr), readCopies()]);
  const files: Files = new Map([...outputs.flatMap((output) => [...output]), ...buildTypes()]);
  for (const [path, content] of files) await writeIfChanged(path, content);
  await chmod(join(root, "dist/cli/bin.mjs"), 0o755);
  await removeOthers(files);
}

async function bundle(options: BuildOptions): Promise<Files> {
  const result = await build({
    bundle: true,
    format: "esm",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    absWorkingDir: root,
    write: false,
    ...options,
  });
  return new Map(
    result.outputFiles?.map((file) => [relative(root, file.path), file.contents] as const),
  );
}

async function readCopies(): Promise<Files> {
  const read = async ([to, from]: [string, string]) =>
    [to, await readFile(join(root, from))] as const;
  return new Map(await Promise.all(Object.entries(copies).map(read)));
}

/** Declarations of what users import, with every module that they mention. */
function buildTypes(): Files {
  const files: Files = new Map();
  const entry = join(root, cli.entryPoints["config/define-config"]);
  const config = ts.readConfigFile(join(root, "cli/tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(root, "cli"));
  const program = ts.createProgram([entry], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    noCheck: true, // the gate checks types
    rootDir: root,
    outDir: join(root, "dist"),
  });
  program.emit(undefined, (path, text) => {
    const renamed = relative(root, path).replace(/\.d\.ts$/, ".d.mts");
    files.set(renamed, text.replaceAll(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, "$1$2.mjs$1"));
  });
  return files;
}

/** A running `mizan` loads its chunks late, so an unchanged file stays as it is, a changed one is replaced whole. */
async function writeIfChanged(path: string, content: string | Uint8Array): Promise<void> {
  const target = join(root, path);
  const wanted = Buffer.from(content);
  const present = await readFile(target).catch(ignoreMissing);
  if (present?.equals(wanted)) return;
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  await writeFile(temporary, wanted);
  await rename(temporary, target);
}

async function removeOthers(files: Files): Promise<void> {
  const dist = join(root, "dist");
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(root, path))) await rm(path, { force: true });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

await buildPackage();
