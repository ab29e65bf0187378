"""Which templates components render: TEMPLATES entries of the Mizan framework's SSR backend."""

import os
import re

# `mizan.ssr.MizanTemplates`, also by the module that defines it (reference/protocol.md 6.1).
BACKEND = re.compile(r"^mizan\.ssr\.(\w+\.)*MizanTemplates$")
# The name in older versions comes second.
WORKER_OPTIONS = ("worker", "worker_path")
# Upstream's.
DEFAULT_TIMEOUT_SECONDS = 5


def ssr_facts(original, folder):
    """The `ssr` fact of the user's own settings `original`, or None; `folder` is the app's, real."""
    entries = [
        entry for entry in original.get("TEMPLATES") or () if BACKEND.match(str(entry.get("BACKEND", "")))
    ]
    if not entries:
        return None
    options = [entry.get("OPTIONS") or {} for entry in entries]
    return {
        "folders": _folders(entries, folder),
        "worker": _worker(options),
        "timeoutSeconds": _timeout(options[0].get("timeout")),
    }


def _folders(entries, folder):
    found = []
    for entry in entries:
        for directory in entry.get("DIRS") or ():
            relative = os.path.relpath(os.path.realpath(str(directory)), folder)
            if relative.split(os.sep)[0] != os.pardir and relative not in found:
                found.append(relative)
    return [relative.replace(os.sep, "/") for relative in found]


def _worker(options):
    named = [option[name] for option in options for name in WORKER_OPTIONS if option.get(name)]
    return str(named[0]) if named else None


def _timeout(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and value > 0 else DEFAULT_TIMEOUT_SECONDS
