"""One hash over everything that collectstatic would collect, so that unchanged files are kept."""

import hashlib
import json
import os

# Storages whose output follows from the collected files and the settings hashed here.
KNOWN_STORAGES = (
    "django.contrib.staticfiles.storage.StaticFilesStorage",
    "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    "whitenoise.storage.CompressedStaticFilesStorage",
    "whitenoise.storage.CompressedManifestStaticFilesStorage",
)
KNOWN_FINDERS = (
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
)


def static_fingerprint(settings):
    """64 hex digits; None where another storage or finder may make files of its own."""
    from django.apps import apps

    if not apps.ready:
        return None  # the finders need the apps, one of which could not be loaded
    storage = settings.STORAGES.get("staticfiles", {})
    if "django.contrib.staticfiles" not in settings.INSTALLED_APPS:
        return None
    if storage.get("BACKEND") not in KNOWN_STORAGES:
        return None
    if any(finder not in KNOWN_FINDERS for finder in settings.STATICFILES_FINDERS):
        return None
    digest = hashlib.sha256()
    head = {"storage": storage, "url": settings.STATIC_URL, "django": _django_version()}
    digest.update(json.dumps(head, sort_keys=True, default=str).encode())
    for path, source in _found_files():
        digest.update(("\0%s\0%s" % (path, _content_hash(source))).encode())
    return digest.hexdigest()


def _found_files():
    """`(path below STATIC_ROOT, absolute path)` in the finders' order: of two, the first one counts."""
    from django.contrib.staticfiles.finders import get_finders

    seen = set()
    for finder in get_finders():
        for path, storage in finder.list(["CVS", ".*", "*~"]):
            prefix = getattr(storage, "prefix", None)
            target = os.path.join(prefix, path) if prefix else path
            if target not in seen:
                seen.add(target)
                yield target, storage.path(path)


def _content_hash(source):
    with open(source, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()


def _django_version():
    import django

    return django.__version__
