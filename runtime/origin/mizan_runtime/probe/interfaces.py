"""Where the app's WSGI and ASGI objects are."""

import importlib.util
import os

from ..user_settings import user_settings_name


def wsgi_name():
    """`package.module:attribute` of WSGI_APPLICATION, else of wsgi.py beside the settings, else None."""
    from django.conf import settings

    return _with_colon(settings.WSGI_APPLICATION) or _beside_settings("wsgi")


def asgi_name():
    """The same for ASGI_APPLICATION, which says that the app means to run as ASGI.

    Every project has an asgi.py since Django 3.0, so the file alone counts only with Channels.
    """
    from django.conf import settings

    named = _with_colon(getattr(settings, "ASGI_APPLICATION", None))
    if named or "channels" not in settings.INSTALLED_APPS:
        return named
    return _beside_settings("asgi")


def _with_colon(name):
    if not name:
        return None
    module, _, attribute = name.rpartition(".")
    return "%s:%s" % (module, attribute)


def _beside_settings(kind):
    package = user_settings_name().split(".")[0]
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = os.path.join(folder, kind + ".py")
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as stream:
                if "application" in stream.read():
                    return "%s.%s:application" % (package, kind)
    return None
