"""The runtime's own context, by which the Edge's cache is probed: its number is new each time."""

import json
import os
import threading
import time

from .. import contract

NAME = "_mizan_probe"


class ProbeContext:
    """Answers `GET /_mizan/ctx/_mizan_probe/`; one per process."""

    def __init__(self):
        self.release = os.environ.get(contract.ENV_RELEASE, "")
        self._lock = threading.Lock()
        self._last = 0

    def answer(self, method):
        """Returns `(status, body)` for a request method; `body` is JSON bytes."""
        if method not in ("GET", "HEAD"):
            error = {"code": "BAD_REQUEST", "message": "The probe context is only read."}
            return 405, json.dumps({"error": error}).encode()
        body = {NAME: {"release": self.release, "n": self._next()}}
        return 200, json.dumps(body, sort_keys=True).encode()

    def _next(self):
        # Microseconds of the clock rise over all worker processes, and are exact in a JSON number.
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000)
            return self._last
