"""Writes a verb's JSON result on the descriptor that the caller opened for it, never on stdout."""

import json
import os
import sys

from . import contract


def take_result_fd():
    """Returns the descriptor of MIZAN_RESULT_FD and hides it from child processes; stdout's if unset."""
    text = os.environ.pop(contract.ENV_RESULT_FD, "")
    if not text:
        return os.dup(1)
    fd = int(text)
    os.set_inheritable(fd, False)
    return fd


def write_result(fd, result):
    """Writes `result` as one JSON document and closes `fd`."""
    with os.fdopen(fd, "w", encoding="utf-8") as stream:
        json.dump(result, stream)
        stream.write("\n")


def send_stdout_to_stderr():
    """From now on nothing that the app prints, not even its child processes, reaches stdout."""
    sys.stdout.flush()
    os.dup2(2, 1)
