"""Starts the pipe worker in this process."""

import os
import signal
import sys

from .. import contract
from .pipe_worker import PipeWorker
from .ssr_client import SsrClient

# The framework's bridge gives the worker 5 s to be ready (reference/protocol.md 6.2).
READY_SECONDS = 4


def main():
    """Serves stdin until it ends; returns the exit status (2: the environment names no SSR server)."""
    socket_path = os.environ.get(contract.ENV_SSR_SOCKET)
    app_folder = os.environ.get(contract.ENV_APP_FOLDER)
    if not socket_path or not app_folder:
        names = (contract.ENV_SSR_SOCKET, contract.ENV_APP_FOLDER)
        print("mizan: %s and %s must be set" % names, file=sys.stderr)
        return 2
    # As in Bun. Whoever started this may ignore them, and a child inherits that.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    answers = _take_stdout()
    client = SsrClient(socket_path, app_folder)
    if not client.wait_until_accepting(READY_SECONDS):
        # Not a reason to give up: each render waits again, and says so.
        print("mizan: no SSR server at %s yet" % socket_path, file=sys.stderr)
    PipeWorker(client, answers).run(sys.stdin.buffer)
    return 0


def _take_stdout():
    """A descriptor for answers alone; whatever else is printed in this process goes to stderr."""
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers
