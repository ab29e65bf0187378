"""Takes every measure of `DoctorMeasures`, each on its own: one that fails is told, the others go on."""

import os

from .. import activate
from ..app_error import build_app_error
from . import databases, packages, processes, requests, security, static_files

# Those before `django.setup()`, then the rest.
BEFORE_SETUP = (
    ("brokenApps", packages.broken_apps),
    ("brokenLibraries", packages.broken_libraries),
    ("databaseDriver", packages.database_driver),
    ("server", packages.server_packages),
    ("databases", databases.database_measures),
    ("sizing", processes.sizing),
)
# The requests come last: they put stand-ins in place of databases and cache.
AFTER_SETUP = (
    ("securityChecks", security.security_checks),
    ("csrf", security.csrf_measures),
    ("isSecure", requests.is_secure),
    ("staticFiles", static_files.static_measures),
    ("longestTaskSeconds", processes.longest_task_seconds),
    ("health", requests.health_answers),
)


def measure_app(folder, synthetic):
    """`{"measures": {name: value or None}, "failures": [{measure, type, message}]}`; in a fork."""
    os.environ.update(synthetic)
    activate.activate_settings()
    report = {"measures": {}, "failures": []}
    for name, measure in BEFORE_SETUP:
        _take(report, name, measure, folder)
    _take(report, None, _set_up, folder)
    for name, measure in AFTER_SETUP:
        _take(report, name, measure, folder)
    return report


def _set_up(_folder):
    import django

    django.setup()


def _take(report, name, measure, folder):
    value = None
    try:
        value = measure(folder)
    except (Exception, SystemExit) as error:  # the app's own code may raise anything: the report says it
        failure = build_app_error(error, folder)
        kept = {key: failure[key] for key in ("type", "message")}
        report["failures"].append(dict(kept, measure=name or "setup"))
    if name:
        report["measures"][name] = value
