"""One try to load the app in a process of its own: settings, apps, URLs, WSGI or ASGI module, Celery."""

import importlib
import json
import os
import signal
import sys
import traceback

from .. import activate, contract
from ..app_error import build_app_error
from .environment import Recorder
from .missing import named_variables, suspected_variables

DEFAULT_TIMEOUT_SECONDS = 60


class LoadingTimeout(BaseException):
    """Raised in the app's code where it was when its time was over. No `except Exception` stops it."""


def run_child(folder, synthetic, marks=None):
    """Forks, tries with `synthetic` variables, and returns the child's report:

    `variables`, `facts`, `error`, `named` and `suspected` (names that may be missing), `place`
    (what tells one failure from another), `phase` (how far it came; higher is further), `marked`
    (setting to variable, for the `marks` among `synthetic`; then without facts).
    """
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_fd)
        _run_in_child(folder, synthetic, marks, write_fd)
    os.close(write_fd)
    with os.fdopen(read_fd, encoding="utf-8") as stream:
        text = stream.read()
    _, status = os.waitpid(pid, 0)
    if not text:
        return _ended_report(status)
    report = json.loads(text)
    if "fault" in report:
        raise RuntimeError("the probe itself failed:\n" + report["fault"])
    return report


def _run_in_child(folder, synthetic, marks, write_fd):
    """Never returns: nothing of the parent may run a second time here."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.update(synthetic)
        recorder = Recorder(folder, synthetic)
        recorder.install()
        _limit_time()
        report = _try(recorder, folder, synthetic, marks)
    except BaseException:  # the app's own errors are in the report: this is a fault of the probe
        report = {"fault": traceback.format_exc()}
    with os.fdopen(write_fd, "w", encoding="utf-8") as stream:
        json.dump(report, stream)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _limit_time():
    """An app that waits for ever while it is imported gets an error that names the line."""
    seconds = int(os.environ.get(contract.ENV_START_TIMEOUT_SECONDS) or DEFAULT_TIMEOUT_SECONDS)

    def stop(_signal, _frame):
        raise LoadingTimeout("loading the app took over %d s; it was here then" % seconds)

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)


def _ended_report(status):
    if os.WIFSIGNALED(status):
        text = "the process was ended by signal %d while it was loading the app" % os.WTERMSIG(status)
    else:
        text = "the app ended the process with exit status %d" % os.WEXITSTATUS(status)
    error = {"type": "ProcessEnded", "message": text, "location": None, "traceback": text}
    return {
        "variables": [],
        "facts": None,
        "error": error,
        "named": [],
        "suspected": [],
        "place": text,
        "phase": -1,
        "marked": {},
    }


def _try(recorder, folder, synthetic, marks):
    from .facts import build_facts, original_settings
    from .mizan_facts import find_marked
    from .pydantic_fields import asked_by_pydantic

    loaded = Loaded(synthetic)
    error = loaded.load()
    signal.alarm(0)
    report = {"error": None, "facts": None, "named": [], "suspected": [], "place": ""}
    report["marked"] = {}
    report["phase"] = loaded.phase
    # Before the facts: asking a database is no question of the settings.
    asked = dict(recorder.asked)
    absent, absent_for_app = list(recorder.absent), list(recorder.absent_for_app)
    if error is not None:
        report["error"] = build_app_error(error, folder)
        if not isinstance(error, LoadingTimeout):
            report["named"] = named_variables(error, absent)
            report["suspected"] = suspected_variables(error, absent_for_app)
        message = report["error"]
        report["place"] = "%s %s %s" % (message["type"], message["location"], message["message"])
    if loaded.phase > 0 and marks:
        report["marked"] = find_marked(original_settings()[0], marks)
    elif loaded.phase > 0:
        report["facts"] = build_facts(loaded, folder)
    for variable in asked_by_pydantic(folder):
        if variable["name"] in synthetic:
            variable["present"] = False
        asked.setdefault(variable["name"], variable)
    report["variables"] = list(asked.values())
    return report


class Loaded:
    """How far the app could be loaded, and what was found on the way."""

    def __init__(self, synthetic):
        self.synthetic = synthetic
        self.phase = 0
        self.migration_files = None
        self.celery_app = None

    def load(self):
        """Runs the phases in order; returns the exception that stopped them, or None."""
        phases = (
            activate.activate_settings,
            self._set_up_apps,
            self._load_migration_files,
            self._import_urls,
            self._import_applications,
            self._import_celery,
        )
        for phase in phases:
            try:
                phase()
            except BaseException as error:  # also sys.exit() in a settings module
                return error
            self.phase += 1
        return None

    def _set_up_apps(self):
        import django

        django.setup()

    def _load_migration_files(self):
        from ..migrations.plan import load_migration_files

        self.migration_files = load_migration_files()

    def _import_urls(self):
        from django.conf import settings
        from django.urls import get_resolver

        if getattr(settings, "ROOT_URLCONF", None):
            # Imports the module and every one that it includes.
            list(get_resolver().url_patterns)
            get_resolver()._populate()

    def _import_applications(self):
        from .interfaces import asgi_name, wsgi_name

        for name in (wsgi_name(), asgi_name()):
            if name:
                module, _, attribute = name.partition(":")
                getattr(importlib.import_module(module), attribute)

    def _import_celery(self):
        from .celery_facts import find_celery_app

        self.celery_app = find_celery_app()
