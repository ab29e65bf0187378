"""Verb `celery-worker`: a worker of this release; SIGTERM lets it finish its tasks."""

import os
import time

from . import contract
from .celery_command import run_celery
from .ready_file import write_ready_file

# One machine runs the app, its database and the workers; more is for the user to say.
DEFAULT_CONCURRENCY = 2
START_POLL_SECONDS = 0.05


def run(arguments):
    run_celery("worker", prepare, build_defaults, arguments)


def prepare():
    """Ready once it takes tasks; where a start file is named, once it could, and then waits for it."""
    start_file = os.environ.get(contract.ENV_START_FILE)
    if not start_file:
        from celery.signals import worker_ready

        worker_ready.connect(write_ready_file, weak=False)
        return
    import_tasks()
    write_ready_file()
    while not os.path.exists(start_file):
        time.sleep(START_POLL_SECONDS)


def import_tasks():
    """Imports the app and all of its task modules, as the worker itself would at its start."""
    from celery.app.utils import find_app

    find_app(os.environ[contract.ENV_CELERY_APP]).loader.import_default_modules()


def build_defaults():
    """Options with the names that override them. Two releases' workers need different node names."""
    from django.conf import settings

    parts = (os.environ.get(contract.ENV_ENVIRONMENT), os.environ.get(contract.ENV_RELEASE))
    node = "-".join(part for part in parts if part) or "worker"
    defaults = [
        (("-n", "--hostname"), ["--hostname", node + "@%h"]),
        (("-l", "--loglevel"), ["--loglevel", "INFO"]),
    ]
    if not getattr(settings, "CELERY_WORKER_CONCURRENCY", None):
        option = ["--concurrency", str(DEFAULT_CONCURRENCY)]
        defaults.append((("-c", "--concurrency", "--autoscale"), option))
    return defaults
