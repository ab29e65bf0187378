"""Verb `celery-worker`: a worker of this release; SIGTERM lets it finish its tasks."""

import os

from . import contract
from .celery_command import run_celery

# One machine runs the app, its database and the workers; more is for the user to say.
DEFAULT_CONCURRENCY = 2


def run(arguments):
    from celery.signals import worker_ready

    run_celery("worker", worker_ready, build_defaults, arguments)


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
