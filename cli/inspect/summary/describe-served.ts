/** What will be served where: `/`, static files, uploads, and what each frontend's build makes. */

import type { Facts, Frontend } from "../facts.ts";
import type { Row } from "./layout.ts";

export function describeServed(facts: Facts): readonly Row[] {
  if (facts["backend.framework"]?.value !== "django") return [];
  const rows = [...describeRoot(facts), ...describeStatic(facts), ...describeMedia(facts)];
  return [...rows, ...(facts.frontends?.value ?? []).map(describeFrontend)];
}

function describeRoot(facts: Facts): readonly Row[] {
  const urlconf = facts["settings.urlconf"];
  const output = facts.frontends?.value.find((frontend) => frontend.output !== null)?.output;
  const page = output == null ? null : `${output}/index.html`;
  if (urlconf === undefined) {
    const text = page === null ? "Django" : `Django if its URLconf has a page there, else ${page}`;
    return [{ label: "/", text }];
  }
  if (urlconf.value.resolvesRoot) return [{ label: "/", text: `Django (${urlconf.value.module})` }];
  const nothing = `${urlconf.value.module} has no page for it, so visitors get "not found"`;
  const text =
    page === null ? nothing : `${page}, and Django for the addresses in ${urlconf.value.module}`;
  return [{ label: "/", text }];
}

function describeStatic(facts: Facts): readonly Row[] {
  const fact = facts["settings.static"];
  if (fact?.value.url == null) return [];
  const { url, installed, root } = fact.value;
  if (!installed) return [{ label: url, text: "nothing: django.contrib.staticfiles is not used" }];
  const isMended = (facts["settings.overlay"]?.value ?? []).some(({ rule }) => rule === "static");
  const text =
    root === null && !isMended
      ? "nothing is collected: STATIC_ROOT is not set"
      : "static files, collected for each release";
  return [{ label: url, text }];
}

function describeMedia(facts: Facts): readonly Row[] {
  const fact = facts["settings.media"];
  if (!fact?.value.url) return [];
  const { url, local, root, routed } = fact.value;
  const backend = facts["settings.storages"]?.value["default"]?.backend;
  if (!local) return [{ label: url, text: `uploads, kept by ${backend ?? "another storage"}` }];
  if (root === null) return [{ label: url, text: "nothing: MEDIA_ROOT is not set" }];
  const who = routed ? "; Django serves them" : "";
  return [{ label: url, text: `uploads, kept in the environment's data folder${who}` }];
}

function describeFrontend({ root, packageManager, build, output }: Frontend): Row {
  const label = root === "." ? "frontend" : `${root}/`;
  if (build === null) return { label, text: "nothing to build: it has no build script" };
  const where = output === null ? "is run; where it writes is not known" : `writes ${output}/`;
  return { label, text: `${packageManager} run ${build} ${where}` };
}
