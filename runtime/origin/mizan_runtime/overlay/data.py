"""Rule `data`: what the app writes lives in the data folder, where the next release finds it again."""

import os

from ..database_vendor import database_vendor
from .paths import as_path, is_below, like, moved_path
from .storages import FILE_SYSTEM_NAMES, default_storage

FILE_CACHE = "django.core.cache.backends.filebased.FileBasedCache"
FILE_SETTINGS = ("FILE_UPLOAD_TEMP_DIR", "EMAIL_FILE_PATH", "SESSION_FILE_PATH")
REASON = "releases are replaced, this folder stays: %s"


def apply_data(draft):
    _move_media(draft)
    _move_databases(draft)
    _move_caches(draft)
    _move_storages(draft)
    _move_log_files(draft)
    for name in FILE_SETTINGS:
        moved = moved_path(draft.get(name), draft.input)
        if moved:
            os.makedirs(moved, exist_ok=True)
            draft.set(name, like(draft.get(name), moved), REASON % moved)


def _move_media(draft):
    root = draft.get("MEDIA_ROOT")
    media = os.path.join(draft.input["dataFolder"], "media")
    # An empty MEDIA_ROOT means the working folder, so uploads would be lost with the release.
    empty = not root and default_storage(draft)["BACKEND"] in FILE_SYSTEM_NAMES
    if not empty and moved_path(root, draft.input) is None:
        return
    os.makedirs(media, exist_ok=True)
    old = as_path(root)
    draft.set("MEDIA_ROOT", like(root, media), REASON % media)
    if old and not is_below(os.getcwd(), old):
        _move_derived(draft, old, media)


def _move_derived(draft, old, new):
    """Settings such as `PRIVATE_ROOT = MEDIA_ROOT / "private"` follow MEDIA_ROOT."""
    for name, value in list(draft.settings.items()):
        path = as_path(value) if name != "MEDIA_ROOT" and _is_absolute(value) else None
        if path and is_below(path, old):
            moved = os.path.normpath(os.path.join(new, os.path.relpath(path, old)))
            os.makedirs(moved, exist_ok=True)
            draft.set(name, like(value, moved), REASON % moved)


def _is_absolute(value):
    return isinstance(value, (str, os.PathLike)) and os.path.isabs(value)


def _move_databases(draft):
    databases = draft.copy("DATABASES") or {}
    for alias, database in databases.items():
        name = database.get("NAME")
        if database_vendor(database.get("ENGINE", "")) != "sqlite" or _is_special(name):
            continue
        moved = moved_path(name, draft.input)
        if moved:
            _make_parent(moved)
            database["NAME"] = like(name, moved)
            setting = 'DATABASES["%s"]["NAME"]' % alias
            draft.set("DATABASES", databases, REASON % moved, setting)


def _is_special(name):
    """SQLite in memory, or a URI with parameters of its own."""
    return isinstance(name, str) and (name.startswith("file:") or ":memory:" in name)


def _move_caches(draft):
    caches = draft.copy("CACHES") or {}
    for alias, cache in caches.items():
        moved = moved_path(cache.get("LOCATION"), draft.input)
        if cache.get("BACKEND") == FILE_CACHE and moved:
            os.makedirs(moved, exist_ok=True)
            cache["LOCATION"] = moved
            draft.set("CACHES", caches, REASON % moved, 'CACHES["%s"]["LOCATION"]' % alias)


def _move_storages(draft):
    storages = draft.copy("STORAGES") if draft.settings.get("STORAGES") else {}
    for alias, entry in storages.items():
        options = entry.get("OPTIONS") or {}
        moved = moved_path(options.get("location"), draft.input)
        if alias == "staticfiles" or not moved:
            continue
        if alias == "default":
            # Always this place, so that the Edge knows it.
            moved = os.path.join(draft.input["dataFolder"], "media")
        os.makedirs(moved, exist_ok=True)
        options["location"] = moved
        setting = 'STORAGES["%s"]["OPTIONS"]["location"]' % alias
        draft.set("STORAGES", storages, REASON % moved, setting)


def _move_log_files(draft):
    logging = draft.copy("LOGGING") or {}
    for name, handler in (logging.get("handlers") or {}).items():
        moved = moved_path(handler.get("filename"), draft.input)
        if moved:
            _make_parent(moved)
            handler["filename"] = moved
            setting = 'LOGGING["handlers"]["%s"]["filename"]' % name
            draft.set("LOGGING", logging, REASON % moved, setting)


def _make_parent(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
