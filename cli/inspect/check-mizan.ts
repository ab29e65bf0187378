/** Findings about an app that is written with the Mizan framework. */

import type { MizanFacts, SettingsFacts } from "../../runtime/origin/contract.ts";
import type { Finding } from "./facts.ts";
import { locateSetting } from "./locate-setting.ts";

/** Settings of the framework whose secret has a ring of its own (D9). */
export function checkMizan(settings: SettingsFacts, mizan: MizanFacts): readonly Finding[] {
  return [
    ...checkWiring(settings, mizan),
    ...checkSecrets(settings, mizan),
    ...checkOriginCache(settings, mizan),
  ];
}

function checkWiring(settings: SettingsFacts, mizan: MizanFacts): readonly Finding[] {
  const evidence = settings.urlconf.module;
  const findings: Finding[] = [];
  if (mizan.baseUrls.length === 0) {
    findings.push({
      code: "MIZAN_URLS_MISSING",
      severity: "warning",
      message: "The URLconf does not include mizan.urls: no context can be fetched",
      evidence,
      hint: 'path("api/mizan/", include("mizan.urls"))',
    });
  }
  if (mizan.baseUrls.length > 1) {
    findings.push({
      code: "MIZAN_URLS_TWICE",
      severity: "warning",
      message: `mizan.urls is included at ${mizan.baseUrls.join(" and ")}: only the first is cached`,
      evidence,
      hint: "Include it once",
    });
  }
  if (!mizan.hasManifestCommand) {
    findings.push({
      code: "MIZAN_NO_MANIFEST",
      severity: "warning",
      message: `mizan ${mizan.version ?? "(of unknown version)"} has no export_edge_manifest: the Edge caches nothing`,
      evidence: locateSetting(settings, "INSTALLED_APPS"),
      hint: "Update the package mizan",
    });
  }
  return findings;
}

function checkSecrets(settings: SettingsFacts, mizan: MizanFacts): readonly Finding[] {
  const findings: Finding[] = [];
  for (const secret of mizan.secrets) {
    const evidence = locateSetting(settings, secret.setting.replace(/\[.*/, ""));
    if (secret.isSecretKey) {
      findings.push({
        code: "MIZAN_KEY_SHARED",
        severity: "warning",
        message: `${secret.setting} is SECRET_KEY: neither can be rotated without the other`,
        evidence,
        hint: `Give it a variable of its own: ${secret.setting} = os.environ["${suggestVariable(secret.ring)}"]`,
      });
    } else if (secret.ring === "mwt" && secret.state === "present" && secret.variable === null) {
      findings.push({
        code: "MIZAN_KEY_UNKNOWN",
        severity: "warning",
        message: `${secret.setting} comes from no environment variable: the Edge cannot verify tokens, so it caches nothing for signed-in users`,
        evidence,
        hint: `${secret.setting} = os.environ["${suggestVariable(secret.ring)}"]`,
      });
    }
  }
  return [...findings, ...checkSharedVariables(settings, mizan)];
}

/** One variable for two secrets: what opens one opens the other. */
function checkSharedVariables(settings: SettingsFacts, mizan: MizanFacts): readonly Finding[] {
  const first = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { variable, setting, isSecretKey } of mizan.secrets) {
    if (variable === null || isSecretKey) continue;
    const other = first.get(variable);
    if (other === undefined) first.set(variable, setting);
    else {
      findings.push({
        code: "MIZAN_KEY_SHARED",
        severity: "warning",
        message: `${other} and ${setting} both come from ${variable}: neither can be rotated without the other`,
        evidence: locateSetting(settings, setting.replace(/\[.*/, "")),
        hint: "Give each a variable of its own",
      });
    }
  }
  return findings;
}

function checkOriginCache(settings: SettingsFacts, mizan: MizanFacts): readonly Finding[] {
  if (!mizan.hasOriginCache) return [];
  return [
    {
      code: "MIZAN_ORIGIN_CACHE",
      severity: "warning",
      message:
        "The app keeps a Mizan cache of its own (MIZAN_CACHE_REDIS_URL): what it puts back late, the Edge takes for fresh",
      evidence: locateSetting(settings, "MIZAN_CACHE_REDIS_URL"),
      hint: "Leave MIZAN_CACHE_REDIS_URL unset: the Edge caches",
    },
  ];
}

/** Its template backend, which an app may use without the rest. */
export function checkSsr(settings: SettingsFacts): readonly Finding[] {
  if (settings.ssr === null) return [];
  const evidence = locateSetting(settings, "TEMPLATES");
  const findings: Finding[] = [];
  if (settings.ssr.worker === null) {
    findings.push({
      code: "MIZAN_SSR_NO_WORKER",
      severity: "warning",
      message: "MizanTemplates has no worker in its OPTIONS: it renders nothing",
      evidence,
      hint: '"OPTIONS": {"worker": BASE_DIR / "node_modules/@mizan/ssr/src/worker.tsx"}',
    });
  }
  if (settings.ssr.folders.length === 0) {
    findings.push({
      code: "MIZAN_SSR_NO_FOLDER",
      severity: "warning",
      message: "MizanTemplates has no DIRS inside the project: no component is found",
      evidence,
      hint: '"DIRS": [BASE_DIR / "frontend"]',
    });
  }
  return findings;
}

function suggestVariable(ring: "mwt" | "jwt" | "cache"): string {
  return `MIZAN_${ring.toUpperCase()}_SECRET`;
}
