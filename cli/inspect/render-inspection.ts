/** Shows an inspection to people: what it is, what runs, what is served, and what is missing. */

import type { Fact, Facts, Finding, Frontend, Inspection } from "./facts.ts";

/** `styleText` of node:util, bound to the stream and to NO_COLOR; or plain text. */
export type Paint = (style: "bold" | "dim" | "red" | "yellow" | "cyan", text: string) => string;

interface Row {
  readonly label: string;
  readonly value: string;
  /** Where it comes from; empty if the row says it all. */
  readonly from: string;
}

const SEVERITIES = ["error", "warning", "info"] as const;

/** @returns Lines without trailing newline. */
export function renderInspection(
  inspection: Inspection,
  paint: Paint = (_style, text) => text,
): readonly string[] {
  const { facts } = inspection;
  const groups: readonly (readonly [string, readonly Row[]])[] = [
    ["App", describeApp(facts)],
    ["Runs", describeProcesses(facts)],
    ["Serves", describeServed(facts)],
    ["Changed for the deploy", describeOverlay(facts)],
    ["Environment variables", describeVariables(facts)],
    ["Containers", describeContainers(facts)],
  ];
  const rows = groups.flatMap(([, group]) => group);
  const labelWidth = Math.max(0, ...rows.map(({ label }) => label.length));
  const valueWidth = Math.min(40, Math.max(0, ...rows.map(({ value }) => value.length)));
  const lines = groups
    .filter(([, group]) => group.length > 0)
    .flatMap(([title, group]) => [
      paint("bold", title),
      ...group.map((row) => renderRow(row, labelWidth, valueWidth, paint)),
      "",
    ]);
  return [...lines, ...renderFindings(inspection.findings, paint)];
}

function renderRow(row: Row, labelWidth: number, valueWidth: number, paint: Paint): string {
  const label = row.label.padEnd(labelWidth);
  if (row.from === "") return `  ${label}  ${row.value}`;
  return `  ${label}  ${row.value.padEnd(valueWidth)}  ${paint("dim", row.from)}`;
}

function describeApp(facts: Facts): readonly Row[] {
  const django = facts["settings.django"]?.value;
  return [
    row("framework", facts["backend.framework"], (value) =>
      value === null ? "none found" : `Django${django === undefined ? "" : ` ${django}`}`,
    ),
    row("backend", facts["backend.root"], (value) => (value === "." ? "this folder" : `${value}/`)),
    row("settings", facts["backend.settingsModule"], String),
    row("python", facts["backend.python"], (value) => describePython(value, facts)),
    row("packages", facts["backend.packageManager"], String),
    row("mizan", facts.mizan, (value) => (value === null ? "not used" : describeMizan(facts))),
  ].flat();
}

/** Version and prefix are known from the settings alone. */
function describeMizan(facts: Facts): string {
  const mizan = facts["settings.mizan"]?.value ?? null;
  if (mizan === null) return "used";
  return [mizan.version ?? "used", ...mizan.baseUrls.map((url) => `at ${url}`)].join(", ");
}

function describePython(asked: string | null, facts: Facts): string {
  const used = facts["settings.python"]?.value;
  return `${asked ?? "any that fits"}${used === undefined ? "" : `, runs ${used}`}`;
}

function describeProcesses(facts: Facts): readonly Row[] {
  const isAsgi = facts["backend.interface"]?.value === "asgi";
  const application = (isAsgi ? facts["backend.asgi"] : facts["backend.wsgi"])?.value;
  return [
    row("origin", facts["backend.interface"], (value) => `${application ?? "?"} (${value})`),
    row("database", facts["backend.database"], (value) => value ?? "unknown"),
    row("celery", facts["backend.celery"], (value) =>
      value === null ? "none" : `${value.app}${value.beat ? ", with beat" : ""}`,
    ),
    row("channels", facts["backend.channels"], (value) => (value ? "used" : "none")),
    Object.entries(facts.processes?.value ?? {}).map(([name, command]) => ({
      label: "Procfile",
      value: `${name}: ${command}`,
      from: "",
    })),
  ].flat();
}

function describeServed(facts: Facts): readonly Row[] {
  const frontends = facts.frontends;
  const urlconf = facts["settings.urlconf"];
  const media = facts["settings.media"];
  const root =
    urlconf === undefined
      ? []
      : row("/", urlconf, (value) => describeRoot(facts, value.resolvesRoot));
  return [
    root,
    (frontends?.value ?? []).map((frontend) => ({
      label: "frontend",
      value: describeFrontend(frontend),
      from: `${frontend.root}/package.json`.replace(/^\.\//, ""),
    })),
    row("static", facts["settings.static"], (value) => value.url ?? "none"),
    media?.value.url ? row("media", media, (value) => value.url ?? "none") : [],
  ].flat();
}

function describeRoot(facts: Facts, isDjango: boolean): string {
  if (isDjango) return "Django";
  const output = facts.frontends?.value.find((frontend) => frontend.output !== null)?.output;
  return output === undefined ? "nothing" : `${output}/index.html`;
}

function describeFrontend({
  root,
  framework,
  bundler,
  packageManager,
  build,
  output,
}: Frontend): string {
  const what = [framework, bundler].filter((part) => part !== null).join(" + ");
  const how =
    build === null ? "nothing to build" : `${packageManager} run ${build} → ${output ?? "?"}`;
  return `${root === "." ? "" : `${root}/ `}${what}: ${how}`;
}

function describeOverlay(facts: Facts): readonly Row[] {
  return (facts["settings.overlay"]?.value ?? []).map(({ setting, action, reason }) => ({
    label: setting,
    value: action,
    from: reason,
  }));
}

function describeVariables(facts: Facts): readonly Row[] {
  return (facts["settings.variables"]?.value ?? []).map(
    ({ name, required, present, file, line }) => ({
      label: name,
      value: present ? "set" : required ? "missing" : "not set, optional",
      from: file === null ? "settings" : `${file}:${line ?? 1}`,
    }),
  );
}

function describeContainers(facts: Facts): readonly Row[] {
  const list = (label: string, fact: Fact<readonly string[]> | undefined) =>
    (fact?.value ?? []).map((path) => ({ label, value: path, from: "" }));
  return [...list("dockerfile", facts.dockerfiles), ...list("compose", facts.compose)];
}

function renderFindings(findings: readonly Finding[], paint: Paint): readonly string[] {
  if (findings.length === 0) return ["Nothing is missing."];
  const sorted = SEVERITIES.flatMap((severity) => findings.filter((f) => f.severity === severity));
  const colours = { error: "red", warning: "yellow", info: "cyan" } as const;
  return [
    paint("bold", "Findings"),
    ...sorted.flatMap(({ severity, code, message, evidence, hint }) => [
      `  ${paint(colours[severity], severity)} ${code}: ${message} ${paint("dim", `(${evidence})`)}`,
      `    ${hint}`,
    ]),
  ];
}

/** No row for a fact that is not there; a guess is called one. */
function row<T>(label: string, fact: Fact<T> | undefined, show: (value: T) => string): Row[] {
  if (fact === undefined) return [];
  const guess = fact.confidence === "guess" && !fact.from.startsWith("default") ? " (a guess)" : "";
  return [{ label, value: show(fact.value), from: `${fact.from}${guess}` }];
}
