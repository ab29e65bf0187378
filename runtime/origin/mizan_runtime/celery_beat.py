"""Verb `celery-beat`: the one process of an environment that starts periodic tasks."""

import os

from .celery_command import run_celery
from .ready_file import write_ready_file
from .overlay_input import read_overlay_input

DATABASE_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"


def run(arguments):
    run_celery("beat", prepare, build_defaults, arguments)


def prepare():
    from celery.signals import beat_init

    beat_init.connect(write_ready_file, weak=False)


def build_defaults():
    """Options with the names that override them. The record of last runs outlives the release."""
    from django.conf import settings

    # An empty name: no pid file, which a killed beat would leave behind and the next one refuse.
    defaults = [(("--pidfile",), ["--pidfile", ""]), (("-l", "--loglevel"), ["--loglevel", "INFO"])]
    overlay_input = read_overlay_input()
    if overlay_input:
        path = os.path.join(overlay_input["dataFolder"], "celerybeat-schedule")
        defaults.append((("-s", "--schedule"), ["--schedule", path]))
    scheduler = getattr(settings, "CELERY_BEAT_SCHEDULER", None)
    if "django_celery_beat" in settings.INSTALLED_APPS and not scheduler:
        defaults.append((("-S", "--scheduler"), ["--scheduler", DATABASE_SCHEDULER]))
    return defaults
