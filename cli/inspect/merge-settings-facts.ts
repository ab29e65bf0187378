/** Adds what the real settings say to a static inspection; the settings win over guesses. */

import type { AskedVariable, SettingsFacts } from "../../runtime/origin/contract.ts";
import { buildFact } from "./build-fact.ts";
import { checkSettings } from "./check-settings.ts";
import type { Confidence, Fact, FactKey, Facts, FactValues, Inspection } from "./facts.ts";
import { OVERRIDE_SOURCE } from "./inspect-static.ts";
import { locateSetting } from "./locate-setting.ts";

/**
 * @param settings What the probe found in the app's own environment.
 * @param variables Environment variables that the settings asked for.
 */
export function mergeSettingsFacts(
  inspection: Inspection,
  settings: SettingsFacts,
  variables: readonly AskedVariable[] = [],
): Inspection {
  const fromSettings = {
    ...buildBackendFacts(inspection.facts, settings),
    ...buildSettingsFacts(settings, variables),
  };
  const facts: Facts = {
    ...inspection.facts,
    ...fromSettings,
    ...listOverridden(inspection.facts),
  };
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
    "backend.celery": fact(
      "backend.celery",
      celery === null ? null : { app: celery.app, beat: celery.beat },
      celery === null ? "no Celery app after loading the settings" : `Celery app ${celery.app}`,
    ),
    "backend.channels": fact(
      "backend.channels",
      settings.channels !== null,
      locateSetting(settings, "INSTALLED_APPS"),
    ),
  };
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
  if (settings.asgi === null) return fact(key, "wsgi", "no ASGI application");
  if (settings.wsgi === null) return fact(key, "asgi", "no WSGI application");
  return fact(key, "wsgi", "nothing asks for ASGI", "likely");
}

function buildSettingsFacts(settings: SettingsFacts, variables: readonly AskedVariable[]): Facts {
  const located = <K extends FactKey>(key: K, value: FactValues[K], setting: string) =>
    fact(key, value, locateSetting(settings, setting));
  return {
    "settings.python": fact("settings.python", settings.python, "the app's own Python"),
    "settings.django": fact("settings.django", settings.django, "the app's own environment"),
    "settings.debug": located("settings.debug", settings.debug, "DEBUG"),
    "settings.allowedHosts": located(
      "settings.allowedHosts",
      settings.allowedHosts,
      "ALLOWED_HOSTS",
    ),
    "settings.secretKey": located("settings.secretKey", settings.secretKey, "SECRET_KEY"),
    "settings.installedApps": located(
      "settings.installedApps",
      settings.installedApps,
      "INSTALLED_APPS",
    ),
    "settings.middleware": located("settings.middleware", settings.middleware, "MIDDLEWARE"),
    "settings.templates": located("settings.templates", settings.templates, "TEMPLATES"),
    "settings.urlconf": located("settings.urlconf", settings.urlconf, "ROOT_URLCONF"),
    "settings.databases": located("settings.databases", settings.databases, "DATABASES"),
    "settings.caches": located("settings.caches", settings.caches, "CACHES"),
    "settings.storages": located("settings.storages", settings.storages, "STORAGES"),
    "settings.static": located("settings.static", settings.static, "STATIC_ROOT"),
    "settings.media": located("settings.media", settings.media, "MEDIA_ROOT"),
    "settings.migrations": fact("settings.migrations", settings.migrations, "the app's migrations"),
    "settings.celery": fact(
      "settings.celery",
      settings.celery,
      settings.celery?.app ?? "no Celery app",
    ),
    "settings.channels": located("settings.channels", settings.channels, "CHANNEL_LAYERS"),
    "settings.mizan": located("settings.mizan", settings.mizan, "INSTALLED_APPS"),
    "settings.overlay": fact("settings.overlay", settings.overlay, "mizan's settings overlay"),
    "settings.variables": fact(
      "settings.variables",
      variables,
      "asked for while the settings load",
    ),
  };
}

function listOverridden(facts: Facts): Facts {
  const overridden = Object.entries(facts).filter(([, { from }]) => from === OVERRIDE_SOURCE);
  return Object.fromEntries(overridden) as Facts; // a part of the same table
}

function fact<K extends FactKey>(
  key: K,
  value: FactValues[K],
  from: string,
  confidence: Confidence = "certain",
): Fact<FactValues[K]> {
  return buildFact(key, value, from, confidence);
}
