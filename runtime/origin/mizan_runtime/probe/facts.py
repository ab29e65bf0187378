"""Builds SettingsFacts from the loaded settings: names, booleans and paths, never values of secrets."""

import os
import platform
import sys

import django

from ..overlay.secret_key import secret_key_state
from ..service_kind import backend_kind
from ..user_settings import user_settings_name
from . import services
from .celery_facts import celery_facts
from .files import media_facts, static_facts, storage_facts
from .interfaces import asgi_name, wsgi_name
from .locations import setting_locations
from .migrations import migration_facts
from .mizan_facts import mizan_facts
from .ssr_facts import ssr_facts
from .urls import resolves

# `Loaded.phase` once the URLconf was imported.
URLS_PHASE = 4


def build_facts(loaded, folder):
    """SettingsFacts dict of a `Loaded` app whose settings could be imported."""
    from django.conf import settings

    original, changes = original_settings()
    has_urls = loaded.phase >= URLS_PHASE
    return {
        "python": platform.python_version(),
        "django": django.get_version(),
        "settingsModule": user_settings_name(),
        "debug": bool(original.get("DEBUG", False)),
        "allowedHosts": [str(host) for host in original.get("ALLOWED_HOSTS", ())],
        "secretKey": secret_key_state(original.get("SECRET_KEY")),
        "wsgi": wsgi_name(),
        "asgi": asgi_name(),
        "installedApps": list(settings.INSTALLED_APPS),
        "middleware": list(settings.MIDDLEWARE),
        "databases": services.database_facts(original),
        "caches": {
            alias: {"backend": cache["BACKEND"], "kind": backend_kind(cache["BACKEND"])}
            for alias, cache in settings.CACHES.items()
        },
        "storages": storage_facts(settings),
        "static": static_facts(settings),
        "media": media_facts(settings, has_urls),
        "templates": [template["BACKEND"] for template in settings.TEMPLATES],
        "urlconf": {
            "module": getattr(settings, "ROOT_URLCONF", ""),
            "resolvesRoot": has_urls and resolves("/"),
        },
        "migrations": migration_facts(loaded),
        "celery": celery_facts(loaded.celery_app),
        "channels": services.channel_facts(settings),
        "mizan": mizan_facts(original, settings, has_urls),
        "ssr": ssr_facts(original, folder),
        "redisHost": services.redis_host(original, loaded.celery_app),
        "overlay": changes,
        "locations": setting_locations(user_settings_name(), folder),
    }


def original_settings():
    """`(settings, changes)`: the user's own settings by name, and the overlay's changes to them."""
    ours = sys.modules.get("mizan_runtime.settings")
    if ours is not None:
        return ours.original, ours.changes
    module = sys.modules[os.environ["DJANGO_SETTINGS_MODULE"]]
    return {name: getattr(module, name) for name in dir(module) if name.isupper()}, []
