"""What STORAGES says, with the older names of Django 4.2 and 5.0 taken into account."""

FILE_SYSTEM = "django.core.files.storage.FileSystemStorage"
FILE_SYSTEM_NAMES = (FILE_SYSTEM, "django.core.files.storage.filesystem.FileSystemStorage")
STATIC_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
OLD_NAMES = {"default": "DEFAULT_FILE_STORAGE", "staticfiles": "STATICFILES_STORAGE"}
DEFAULTS = {"default": FILE_SYSTEM, "staticfiles": STATIC_FILES}


def storage(draft, alias):
    """The STORAGES entry of `alias`, `{"BACKEND": …, "OPTIONS": …}`."""
    found = (draft.settings.get("STORAGES") or {}).get(alias)
    if found:
        return found
    return {"BACKEND": draft.settings.get(OLD_NAMES[alias]) or DEFAULTS[alias]}


def default_storage(draft):
    return storage(draft, "default")


def staticfiles_storage(draft):
    return storage(draft, "staticfiles")
