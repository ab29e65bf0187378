"""Finds the project's Celery app by importing it."""

import importlib
import importlib.util
import os
import re
import sys

from .. import contract
from ..service_kind import url_kind
from ..user_settings import user_settings_name

CREATES_APP = re.compile(r"^\s*(?:\w+\s*(?::\s*\w+\s*)?=\s*)(?:celery\.)?Celery\(", re.MULTILINE)
ATTRIBUTES = ("app", "celery", "celery_app")
SKIPPED_FOLDERS = ("node_modules", "site-packages", "venv", "env", "tests", "test", "static", "media")
DEEPEST_SCAN = 4


def find_celery_app():
    """Returns `(name, app)` with name `package.module:attribute`, or None.

    Looks where MIZAN_CELERY_APP says, in `<project package>.celery`, then in every module that
    creates an app. Only an error in the first two is the app's error.
    """
    if importlib.util.find_spec("celery") is None:
        return None
    hint = os.environ.get(contract.ENV_CELERY_APP)
    if hint:
        return _from_hint(hint)
    conventional = user_settings_name().split(".")[0] + ".celery"
    if importlib.util.find_spec(conventional) is not None:
        found = _app_in_module(conventional, None)
        if found:
            return found
    for name in modules_that_create_an_app(os.getcwd()):
        try:
            found = _app_in_module(name, None)
        except Exception as error:  # e.g. a script that is not meant to be imported
            print("mizan: %s looks like a Celery app: %r" % (name, error), file=sys.stderr)
            continue
        if found:
            return found
    return None


def celery_facts(found):
    """The `celery` fact of `(name, app)`, or None."""
    if found is None:
        return None
    from django.conf import settings

    name, app = found
    has_schedule = bool(app.conf.beat_schedule) or "django_celery_beat" in settings.INSTALLED_APPS
    broker = os.environ.get("CELERY_BROKER_URL") or app.conf.broker_url
    return {"app": name, "beat": has_schedule, "broker": url_kind(broker)}


def _from_hint(hint):
    module, _, attribute = hint.partition(":")
    found = _app_in_module(module, attribute or None)
    if found:
        return found
    # `celery -A project` means project.celery.
    if importlib.util.find_spec(module + ".celery") is not None:
        return _app_in_module(module + ".celery", None)
    raise RuntimeError("there is no Celery app in %s" % hint)


def _app_in_module(name, attribute):
    from celery import Celery

    module = importlib.import_module(name)
    names = [attribute] if attribute else list(ATTRIBUTES) + sorted(vars(module))
    for candidate in names:
        app = getattr(module, candidate, None)
        if isinstance(app, Celery):
            return "%s:%s" % (name, candidate), app
    return None


def modules_that_create_an_app(root):
    """Dotted names of modules below `root` whose text assigns a `Celery(…)`."""
    found = []
    for folder, folders, files in os.walk(root):
        relative = os.path.relpath(folder, root)
        depth = 0 if relative == "." else relative.count(os.sep) + 1
        folders[:] = sorted(
            name
            for name in folders
            if depth < DEEPEST_SCAN and name not in SKIPPED_FOLDERS and name.isidentifier()
        )
        for file in sorted(files):
            if file.endswith(".py") and _creates_app(os.path.join(folder, file)):
                parts = [] if relative == "." else relative.split(os.sep)
                name = file[:-3]
                found.append(".".join(parts if name == "__init__" else parts + [name]))
    return found


def _creates_app(path):
    with open(path, encoding="utf-8", errors="replace") as stream:
        return CREATES_APP.search(stream.read()) is not None
