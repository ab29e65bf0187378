/** Who may import whom (house style B1), for dependency-cruiser. */

/** A file that both sides of a boundary agree on. */
const CONTRACT = "(^|/)contract\\.ts$";

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const forbidden = [
  {
    name: "every-import-resolves",
    comment:
      "An import that leads nowhere is a mistake that the bundler would leave in the output.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: "cli-uses-infra-by-its-door",
    comment: "cli imports infra/index.ts and infra/contract/, nothing behind them.",
    severity: "error",
    from: { path: "^cli/" },
    to: { path: "^infra/", pathNot: "^infra/(index\\.ts$|contract/)" },
  },
  {
    name: "cli-and-infra-know-runtime-and-edge-by-contract",
    comment:
      "What runs elsewhere is known by its contract.ts, its bundle is a file; edge/index.ts has what is pure.",
    severity: "error",
    from: { path: "^(cli|infra)/" },
    to: { path: "^(runtime|edge)/", pathNot: [CONTRACT, "^edge/index\\.ts$"] },
  },
  {
    name: "nobody-imports-cli",
    comment: "infra, runtime and edge work without the program that drives them.",
    severity: "error",
    from: { path: "^(infra|runtime|edge)/" },
    to: { path: "^cli/" },
  },
  {
    name: "runtime-and-edge-stand-alone",
    comment: "They are shipped apart, so they import only their own top folder.",
    severity: "error",
    from: { path: "^(runtime|edge)/", pathNot: "^runtime/ssr/" },
    to: { path: "^(cli|infra|runtime|edge|templates|examples|test)/", pathNot: "^$1/" },
  },
  {
    name: "ssr-renders-as-render-does",
    comment:
      "The SSR server and the Render worker render with the same modules, so with the same bytes.",
    severity: "error",
    from: { path: "^runtime/ssr/" },
    to: {
      path: "^(cli|infra|runtime|edge|templates|examples|test)/",
      pathNot: ["^runtime/ssr/", "^edge/render/"],
    },
  },
  {
    name: "two-workers-never-import-each-other",
    comment: "edge/cache, edge/render and edge/state meet in edge/authority and in contracts only.",
    severity: "error",
    from: { path: "^edge/(cache|render|state)/" },
    to: { path: "^edge/(cache|render|state)/", pathNot: ["^edge/$1/", CONTRACT] },
  },
  {
    name: "authority-is-pure",
    comment: "Modules shared by workers know no worker.",
    severity: "error",
    from: { path: "^edge/authority/" },
    to: { path: "^edge/", pathNot: "^edge/authority/" },
  },
  {
    name: "edge-uses-web-standards",
    comment:
      "A worker has no Node; jose (D2) and what reads source maps are the packages allowed, none of Node's.",
    severity: "error",
    from: { path: "^edge/" },
    to: {
      dependencyTypes: ["core", "npm", "npm-dev"],
      pathNot: "node_modules/(jose|@jridgewell/trace-mapping)/",
    },
  },
  {
    name: "contracts-import-nothing",
    comment: "A contract type-checks under Node, Bun and workers types alike.",
    severity: "error",
    from: { path: "^(infra|runtime|edge)/.*contract\\.ts$" },
    to: { pathNot: "^$" },
  },
  {
    name: "error-contract-imports-nothing",
    comment: "infra/contract is a leaf.",
    severity: "error",
    from: { path: "^infra/contract/" },
    to: { pathNot: "^infra/contract/" },
  },
  {
    name: "commands-are-thin",
    comment: "A command calls a use-case: no process, no cloud, no infra of its own.",
    severity: "error",
    from: { path: "^cli/commands/" },
    to: {
      path: ["node_modules/execa/", "node_modules/@pulumi/", "^child_process$", "^infra/"],
      pathNot: "^infra/contract/",
    },
  },
  {
    name: "commander-stays-outside",
    comment: "Only the command line knows commander: commands/ and the files directly in cli/.",
    severity: "error",
    from: { path: "^(cli|infra)/", pathNot: "^cli/(commands/|[^/]+\\.ts$)" },
    to: { path: "node_modules/commander/" },
  },
  {
    name: "examples-use-the-published-name",
    comment: "An example is what a user has: the package by its name, nothing by path.",
    severity: "error",
    from: { path: "^examples/" },
    to: { path: "^(cli|infra|runtime|edge|templates|test)/" },
  },
  {
    name: "shipped-code-needs-no-dev-tools",
    comment: "What ships imports dependencies, never devDependencies.",
    severity: "error",
    from: { path: "^(cli|infra|runtime|edge)/" },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: "/@types/" },
  },
  {
    name: "nobody-imports-tests",
    comment: "Shipped code knows no test.",
    severity: "error",
    from: { path: "^(cli|infra|runtime|edge|templates)/" },
    to: { path: "^(test|examples)/" },
  },
];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden,
  options: {
    tsPreCompilationDeps: true, // type imports are imports too
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|test/fixtures)/|^examples/[^/]+/frontend/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
    },
  },
};
