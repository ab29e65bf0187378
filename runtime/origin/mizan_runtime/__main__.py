"""`python -m mizan_runtime <verb>`: finds the verb's module and runs it in the backend root."""

import importlib
import os
import sys

VERBS = {
    "probe": "mizan_runtime.probe.run",
    "doctor": "mizan_runtime.doctor.run",
    "serve": "mizan_runtime.serve.run",
    "migrate": "mizan_runtime.migrations.run",
    "collectstatic": "mizan_runtime.collectstatic",
    "manifest": "mizan_runtime.manifest.run",
    "manage": "mizan_runtime.manage",
    "celery-worker": "mizan_runtime.celery_worker",
    "celery-beat": "mizan_runtime.celery_beat",
}


def main(argv):
    """Runs `argv[0]` with the remaining arguments; returns the exit status (2: no such verb)."""
    if not argv or argv[0] not in VERBS:
        print("usage: python -m mizan_runtime " + "|".join(VERBS), file=sys.stderr)
        return 2
    # `python -m` puts the working folder first on the path, unless PYTHONSAFEPATH forbids it.
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    return importlib.import_module(VERBS[argv[0]]).run(argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
