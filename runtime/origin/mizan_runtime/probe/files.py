"""What the settings say about static files, uploads and storages; with the overlay applied."""

from django.utils.module_loading import import_string

from .static_fingerprint import static_fingerprint
from .urls import resolves_below


def storage_facts(settings):
    """`{alias: {backend, local}}` of STORAGES."""
    facts = {}
    for alias, entry in settings.STORAGES.items():
        facts[alias] = {"backend": entry["BACKEND"], "local": _is_subclass(entry["BACKEND"], _LOCAL)}
    return facts


def static_facts(settings):
    backend = settings.STORAGES.get("staticfiles", {}).get("BACKEND", "")
    return {
        "url": settings.STATIC_URL or None,
        "root": _text(settings.STATIC_ROOT),
        "installed": "django.contrib.staticfiles" in settings.INSTALLED_APPS,
        "hashed": _is_subclass(backend, _HASHED),
        "fingerprint": static_fingerprint(settings),
    }


def media_facts(settings, has_urls):
    entry = settings.STORAGES.get("default", {})
    location = (entry.get("OPTIONS") or {}).get("location")
    url = settings.MEDIA_URL or None
    return {
        "url": url,
        "root": _text(location or settings.MEDIA_ROOT),
        "local": _is_subclass(entry.get("BACKEND", ""), _LOCAL),
        "routed": bool(has_urls and url and url.startswith("/") and url != "/" and resolves_below(url)),
        "hasFileFields": _has_file_fields(),
    }


def _has_file_fields():
    """Whether a model keeps uploads; taken for granted where the models could not be loaded."""
    from django.apps import apps
    from django.db.models import FileField

    if not apps.ready:
        return True
    return any(isinstance(field, FileField) for model in apps.get_models() for field in model._meta.fields)


_LOCAL = "django.core.files.storage.FileSystemStorage"
_HASHED = "django.contrib.staticfiles.storage.HashedFilesMixin"


def _is_subclass(backend, base):
    try:
        return issubclass(import_string(backend), import_string(base))
    except ImportError:
        # Its library is missing: Django says so itself when the storage is used.
        return False


def _text(path):
    return str(path) if path else None
