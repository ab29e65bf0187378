"""Rule `static`: collectstatic writes into this release's own folder, under a URL that the Edge can serve."""

import os

from .paths import like
from .storages import staticfiles_storage


def apply_static(draft):
    if not draft.installed("django.contrib.staticfiles"):
        return
    _move_root(draft)
    _complete_url(draft)


def _move_root(draft):
    root, folder = draft.get("STATIC_ROOT"), draft.input["staticFolder"]
    if not root or os.path.realpath(root) != os.path.realpath(folder):
        reason = "each release keeps its static files in a folder of its own"
        draft.set("STATIC_ROOT", like(root, folder), reason)
    options = staticfiles_storage(draft).get("OPTIONS") or {}
    if options.get("location"):
        storages = draft.copy("STORAGES")
        storages["staticfiles"]["OPTIONS"]["location"] = folder
        reason = "each release keeps its static files in a folder of its own"
        draft.set("STORAGES", storages, reason, 'STORAGES["staticfiles"]["OPTIONS"]["location"]')


def _complete_url(draft):
    url = draft.get("STATIC_URL")
    if not url:
        draft.set("STATIC_URL", "/static/", "staticfiles is installed and needs a URL")
    elif not url.startswith("/") and "://" not in url:
        draft.set("STATIC_URL", "/" + url, "a relative URL depends on the page that it is used on")
