"""The Edge ring: the keys that Edge and origin sign with, read again when their file changes."""

import json
import os
import sys
import threading

LIVE_STATES = ("sign", "verify")


class EdgeRing:
    """The live keys of the ring in the file `path`; safe to use from several threads."""

    def __init__(self, path):
        self.path = path
        self._lock = threading.Lock()
        self._seen = None
        self._keys = {}

    def find_key(self, kid):
        """Returns the key named `kid` as bytes, or None if there is none or it is retired."""
        return self._current().get(kid)

    def kids(self):
        """Names of the live keys, sorted."""
        return sorted(self._current())

    def _current(self):
        version = _file_version(self.path)
        if version != self._seen:
            with self._lock:
                if version != self._seen:
                    self._load()
                    self._seen = version
        return self._keys

    def _load(self):
        try:
            with open(self.path, encoding="utf-8") as stream:
                self._keys = parse_ring(json.load(stream))
        except (OSError, ValueError) as error:
            # The keys read before stay: without them a covered request would run without its limit.
            message = "mizan: the Edge ring %s cannot be read, %d keys known: %s"
            print(message % (self.path, len(self._keys), error), file=sys.stderr, flush=True)


def parse_ring(content):
    """Returns `{kid: key}` of the live keys in a ring's JSON; raises ValueError if it is none.

    A secret is used as it is written, as UTF-8 bytes.
    """
    if not isinstance(content, list):
        raise ValueError("not a list of keys")
    keys = {}
    for entry in content:
        is_entry = isinstance(entry, dict)
        fields = [is_entry and entry.get(name) for name in ("kid", "state", "secret")]
        if not all(isinstance(field, str) and field for field in fields):
            raise ValueError("a key without kid, state or secret")
        kid, state, secret = fields
        if state in LIVE_STATES:
            keys[kid] = secret.encode()
    return keys


def _file_version(path):
    try:
        status = os.stat(path)
    except OSError:
        return "absent"
    # The inode too: a file that is replaced twice within the clock's step may keep time and size.
    return status.st_mtime_ns, status.st_size, status.st_ino
