/** Adds what the real settings say to a static inspection; the settings win over guesses. */

import type { AskedVariable, SettingsFacts } from "../../runtime/origin/contract.ts";
import { buildFact } from "./build-fact.ts";
import { explainLoss, isNothing, listBeaten, listCandidates, SAME } from "./candidates.ts";
import { checkSettings } from "./check-settings.ts";
import { FACT_TABLE } from "./fact-table.ts";
import type { Confidence, Fact, FactKey, Facts, FactValues, Inspection } from "./facts.ts";
import { locateSetting } from "./locate-setting.ts";
import { addBeaten, OVERRIDE_SOURCE } from "./override-facts.ts";

/**
 * @param settings What the probe found in the app's own environment.
 * @param variables Environment variables that the settings asked for.
 */
export function mergeSettingsFacts(
  inspection: Inspection,
  settings: SettingsFacts,
  variables: readonly AskedVariable[] = [],
): Inspection {
  const known = inspection.facts;
  const backend = keepConsidered(known, buildBackendFacts(known, settings));
  const fromSettings: Facts = { ...backend, ...buildSettingsFacts(settings, variables) };
  const facts: Facts = { ...known, ...fromSettings, ...listOverridden(known, fromSettings) };
  return {
    ...inspection,
    facts,
    findings: [...inspection.findings, ...checkSettings(settings, facts, variables)],
  };
}

function buildBackendFacts(known: Facts, settings: SettingsFacts): Facts {
  const database = settings.databases["default"]?.vendor ?? "other";
  const celery = settings.celery;
  return {
    "backend.framework":
      known["backend.framework"]?.value === "django"
        ? known["backend.framework"]
        : fact("backend.framework", "django", `Django ${settings.django}`),
    "backend.settingsModule": keepOr(known["backend.settingsModule"], settings.settingsModule),
    "backend.wsgi": preferSetting(
      "backend.wsgi",
      known["backend.wsgi"],
      settings,
      "WSGI_APPLICATION",
      settings.wsgi,
    ),
    "backend.asgi": preferSetting(
      "backend.asgi",
      known["backend.asgi"],
      settings,
      "ASGI_APPLICATION",
      settings.asgi,
    ),
    "backend.interface": decideInterface(known, settings),
    "backend.database": fact(
      "backend.database",
      database === "other" ? null : database,
      locateSetting(settings, "DATABASES"),
    ),
    "backend.celery": describeCelery(known["backend.celery"], celery),
    "backend.channels": fact(
      "backend.channels",
      settings.channels !== null,
      locateSetting(settings, "INSTALLED_APPS"),
    ),
  };
}

/**
 * The file that static inspection saw is the better evidence for the same app. A beat that a command
 * of the project starts is wanted, also where the settings hold no schedule (RedBeat, a database).
 */
function describeCelery(
  known: Facts["backend.celery"],
  celery: SettingsFacts["celery"],
): Fact<FactValues["backend.celery"]> {
  const key = "backend.celery";
  if (celery === null) return fact(key, null, "no Celery app after loading the settings");
  const value = { app: celery.app, beat: celery.beat || known?.value?.beat === true };
  const isKnown = known?.value?.app === value.app && known.value.beat === value.beat;
  return isKnown
    ? { ...known, confidence: "certain" }
    : fact(key, value, `Celery app ${celery.app}`);
}

function keepOr(known: Fact<string> | undefined, value: string): Fact<string> {
  return known?.value === value
    ? known
    : fact("backend.settingsModule", value, "the settings probe");
}

function preferSetting(
  key: "backend.wsgi" | "backend.asgi",
  known: Fact<string | null> | undefined,
  settings: SettingsFacts,
  name: string,
  value: string | null,
): Fact<string | null> {
  // The probe reports one value; the file that static inspection saw is the better evidence for it.
  if (known !== undefined && known.value === value) return { ...known, confidence: "certain" };
  // Without the setting or Channels the probe does not look for asgi.py.
  if (known !== undefined && key === "backend.asgi" && value === null) return known;
  return fact(key, value, locateSetting(settings, name));
}

/** Rule 6 of reference/django.md: ASGI_APPLICATION, Channels or Mizan's channels ask for ASGI. */
function decideInterface(known: Facts, settings: SettingsFacts): Fact<"wsgi" | "asgi"> {
  const key = "backend.interface";
  if (settings.locations["ASGI_APPLICATION"] !== undefined) {
    return fact(key, "asgi", settings.locations["ASGI_APPLICATION"]);
  }
  const hasChannels = settings.channels !== null || settings.installedApps.includes("channels");
  if (hasChannels && settings.asgi !== null) {
    return fact(key, "asgi", `${locateSetting(settings, "INSTALLED_APPS")} (channels)`);
  }
  // A Procfile that starts uvicorn, say: no setting has to repeat it.
  const guessed = known[key];
  if (guessed?.value === "asgi") return guessed;
  // Without the setting or Channels the probe does not look for asgi.py, but files were looked at.
  const hasAsgi = settings.asgi !== null || known["backend.asgi"]?.value != null;
  if (!hasAsgi) return fact(key, "wsgi", "no ASGI application");
  if (settings.wsgi === null) return fact(key, "asgi", "no WSGI application");
  return fact(key, "wsgi", "nothing asks for ASGI", "likely");
}

function buildSettingsFacts(settings: SettingsFacts, variables: readonly AskedVariable[]): Facts {
  const located = <K extends FactKey>(key: K, value: FactValues[K]) =>
    fact(key, value, locateSetting(settings, FACT_TABLE[key].settings?.[0] ?? key));
  return {
    "settings.python": fact("settings.python", settings.python, "the app's own Python"),
    "settings.django": fact("settings.django", settings.django, "the app's own environment"),
    "settings.debug": located("settings.debug", settings.debug),
    "settings.allowedHosts": located("settings.allowedHosts", settings.allowedHosts),
    "settings.secretKey": located("settings.secretKey", settings.secretKey),
    "settings.installedApps": located("settings.installedApps", settings.installedApps),
    "settings.middleware": located("settings.middleware", settings.middleware),
    "settings.templates": located("settings.templates", settings.templates),
    "settings.urlconf": located("settings.urlconf", settings.urlconf),
    "settings.databases": located("settings.databases", settings.databases),
    "settings.caches": located("settings.caches", settings.caches),
    "settings.storages": located("settings.storages", settings.storages),
    "settings.static": located("settings.static", settings.static),
    "settings.media": located("settings.media", settings.media),
    "settings.migrations": fact("settings.migrations", settings.migrations, "the app's migrations"),
    "settings.celery": fact(
      "settings.celery",
      settings.celery,
      settings.celery?.app ?? "no Celery app",
    ),
    "settings.channels": located("settings.channels", settings.channels),
    "settings.mizan": located("settings.mizan", settings.mizan),
    "settings.ssr": located("settings.ssr", settings.ssr),
    "settings.overlay": fact("settings.overlay", settings.overlay, "mizan's settings overlay"),
    "settings.variables": fact(
      "settings.variables",
      variables,
      "asked for while the settings load",
    ),
  };
}

/** The settings come before what was read from the text, which stays as a candidate. */
function keepConsidered(known: Facts, found: Facts): Facts {
  const entries = Object.entries(found).map(([key, fact]) => {
    const before: Fact | undefined = known[key as FactKey];
    const isNews = before !== undefined && before.from !== fact.from;
    if (!isNews || before.from === OVERRIDE_SOURCE || isNothing(before.value)) return [key, fact];
    const why = explainLoss(
      before.value,
      fact.value,
      "read from files, before the settings loaded",
    );
    const chosen = {
      value: fact.value,
      from: fact.from,
      why: "Django's settings say so",
    };
    const beaten = listBeaten(before, why).map((each) => ({
      ...each,
      why: explainLoss(each.value, fact.value, each.why),
    }));
    // A default that the settings bear out is no finding of its own.
    const isBorneOut = before.confidence === "guess" && why === SAME;
    const considered = listCandidates(chosen, isBorneOut ? beaten.slice(1) : beaten);
    return [key, considered.length > 1 ? { ...fact, considered } : fact];
  });
  return Object.fromEntries(entries) as Facts; // the same keys as in `found`
}

/** What the config sets, with what the settings say instead as a candidate. */
function listOverridden(known: Facts, found: Facts): Facts {
  const entries = Object.entries(known)
    .filter(([, { from }]) => from === OVERRIDE_SOURCE)
    .map(([key, own]) => {
      const other: Fact | undefined = found[key as FactKey];
      if (other === undefined || other.from === OVERRIDE_SOURCE || isNothing(other.value)) {
        return [key, own];
      }
      const why = `the settings say so, but ${OVERRIDE_SOURCE} comes first`;
      return [key, addBeaten(own, [{ value: other.value, from: other.from, why }])];
    });
  return Object.fromEntries(entries) as Facts; // a part of the same table
}

function fact<K extends FactKey>(
  key: K,
  value: FactValues[K],
  from: string,
  confidence: Confidence = "certain",
): Fact<FactValues[K]> {
  return buildFact(key, value, from, confidence);
}
