/** What the probe would say of a small app, for tests. */

import type { SettingsFacts } from "../../../../runtime/origin/contract.ts";

export const SETTINGS_FACTS: SettingsFacts = {
  python: "3.12.4",
  django: "5.2.9",
  settingsModule: "config.settings",
  debug: false,
  allowedHosts: ["app.example.test"],
  secretKey: "present",
  wsgi: "config.wsgi:application",
  asgi: "config.asgi:application",
  installedApps: ["django.contrib.staticfiles", "shop"],
  middleware: ["django.middleware.security.SecurityMiddleware"],
  databases: {
    default: {
      engine: "django.db.backends.postgresql",
      vendor: "postgresql",
      host: "none",
      connMaxAge: 0,
    },
  },
  caches: { default: { backend: "django.core.cache.backends.locmem.LocMemCache", kind: "memory" } },
  storages: {},
  static: {
    url: "/static/",
    root: "/app/staticfiles",
    installed: true,
    hashed: false,
    fingerprint: null,
  },
  media: { url: "/media/", root: "/app/media", local: false, routed: false, hasFileFields: true },
  templates: ["django.template.backends.django.DjangoTemplates"],
  urlconf: { module: "config.urls", resolvesRoot: false },
  migrations: { heads: { shop: "0001_initial" }, pending: [], databaseError: null },
  celery: null,
  channels: null,
  redisHost: null,
  mizan: null,
  ssr: null,
  overlay: [],
  locations: { DATABASES: "config/settings.py:41", ALLOWED_HOSTS: "config/settings.py:9" },
};
