"""Runs a function in a process of its own, so that what it imports or replaces stays there."""

import json
import os
import signal
import sys
import traceback

from .. import contract

DEFAULT_TIMEOUT_SECONDS = 60


class ForkFailed(Exception):
    """The process ended, or was ended, before it had an answer."""


def run_forked(function, *arguments):
    """The JSON value of `function(*arguments)`, computed in a fork.

    Raises ForkFailed with the error's last line if it raised, took too long or ended the process.
    """
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_fd)
        _run_in_child(function, arguments, write_fd)
    os.close(write_fd)
    with os.fdopen(read_fd, encoding="utf-8") as stream:
        text = stream.read()
    _, status = os.waitpid(pid, 0)
    if not text:
        raise ForkFailed("the process ended with status %d" % status)
    report = json.loads(text)
    if "fault" in report:
        raise ForkFailed(report["fault"])
    return report["value"]


def _run_in_child(function, arguments, write_fd):
    """Never returns: nothing of the parent may run a second time here."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        # Ends the process where even the default action for the signal is needed to stop it.
        signal.alarm(int(os.environ.get(contract.ENV_START_TIMEOUT_SECONDS) or DEFAULT_TIMEOUT_SECONDS))
        text = json.dumps({"value": function(*arguments)})
    except BaseException as error:  # also sys.exit() in a module of the app
        text = json.dumps({"fault": traceback.format_exception_only(type(error), error)[-1].strip()})
    with os.fdopen(write_fd, "w", encoding="utf-8") as stream:
        stream.write(text)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
