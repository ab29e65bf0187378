"""The file by which a process without a socket says that it is ready for work."""

import os

from . import contract


def remove_ready_file():
    """Removes what an earlier process left behind."""
    path = os.environ.get(contract.ENV_READY_FILE)
    if path and os.path.exists(path):
        os.remove(path)


def write_ready_file(**_):
    """Writes this process's id to MIZAN_READY_FILE, whole or not at all; a Celery signal handler."""
    path = os.environ.get(contract.ENV_READY_FILE)
    if not path:
        return
    partial = "%s.%d" % (path, os.getpid())
    with open(partial, "w", encoding="ascii") as stream:
        stream.write("%d\n" % os.getpid())
    os.replace(partial, path)
