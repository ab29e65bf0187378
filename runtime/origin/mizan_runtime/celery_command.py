"""Runs Celery's own command line for the app named by MIZAN_CELERY_APP."""

import os

from . import contract
from .activate import activate_settings
from .ready_file import remove_ready_file


def run_celery(subcommand, prepare, build_defaults, arguments):
    """Becomes `celery -A <app> <subcommand>`; never returns.

    `prepare` is called before: it sees to it that the ready file gets written.

    `build_defaults` returns `(option names, words)` pairs once the settings are there: the words are
    used unless `arguments` has one of the options.
    """
    activate_settings()
    remove_ready_file()
    prepare()
    words = ["-A", os.environ[contract.ENV_CELERY_APP], subcommand]
    for names, default in build_defaults():
        if not has_option(arguments, names):
            words += default
    from celery.bin.celery import celery

    celery.main(args=words + arguments, prog_name="celery", auto_envvar_prefix="CELERY")


def has_option(arguments, names):
    """Whether a command line has one of the options, as `-c 4`, `-c4`, `--concurrency 4` or with `=`."""
    for argument in arguments:
        for name in names:
            if argument == name or argument.startswith(name + "="):
                return True
            if not name.startswith("--") and argument.startswith(name):
                return True
    return False
