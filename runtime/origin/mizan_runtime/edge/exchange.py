"""One request that the Edge forwarded: what it wrote, what it read, and until when it may commit."""

import sys
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar

from .refusal import INCOMPLETE, LATE
from .route import to_manifest_route
from .wire import build_wrote

# A timeout that we set ends a statement just before or just after the deadline.
_TIMEOUT_MARGIN_MS = 50


class Exchange:
    """The account of one request; `intent` is None if the Edge did not vouch for it.

    Shared by all threads and tasks that work for the request.
    """

    def __init__(self, intent=None):
        self.intent = intent
        self.deadline_ms = intent.deadline_ms if intent else None
        # Of an upload: what tells whether its body is whole; None for all others.
        self.upload = None
        # Why a write or a commit was refused: the answer is 503, whatever the app makes of it.
        self.refusal = None
        # The view itself, not a middleware, read the session.
        self.session_read = False
        self.view_depth = 0
        self.route = None
        # Django made the whole answer before its first byte; unknown for other apps.
        self.complete = False
        self._lock = threading.Lock()
        self._committed = False
        self._pending = 0
        self._activity = 0
        self._outside_activity = 0 if intent is None else OUTSIDE.activity

    @property
    def is_tracked(self):
        """Whether its statements matter: it will be answered with X-Mizan-Wrote, or it is nobody's."""
        return self.intent is not None or self is OUTSIDE

    @property
    def activity(self):
        return self._activity

    def note_written(self):
        """Something was written in a transaction that is still open."""
        with self._lock:
            self._pending += 1
            self._activity += 1

    def note_undone(self):
        """What `note_written` said was rolled back."""
        with self._lock:
            self._pending -= 1

    def note_committed(self):
        with self._lock:
            self._committed = True
            self._activity += 1

    def has_written(self):
        """Whether anything was committed, or may have been.

        What an own thread of the app wrote meanwhile cannot be told apart, so it counts for all.
        """
        is_other_active = OUTSIDE.activity != self._outside_activity
        return self._committed or self._pending > 0 or is_other_active

    def note_own_answer(self, path):
        """The runtime itself has answered `path`, whole."""
        self.route = path.lstrip("/")
        self.complete = True

    def finish(self):
        """The whole answer has left: tasks that the app goes on with are nobody's request."""
        self.deadline_ms = None
        self.upload = None

    def remaining_ms(self):
        """Milliseconds until the deadline, at most 0 past it; None without one."""
        # The wall clock, as the Edge's: a monotonic one stands still while a laptop sleeps.
        return None if self.deadline_ms is None else self.deadline_ms - time.time() * 1000

    def is_late(self, margin_ms=0):
        remaining_ms = self.remaining_ms()
        return remaining_ms is not None and remaining_ms <= margin_ms

    def admit_write(self):
        """Call before each write and commit. Raises WriteRefused past the deadline.

        Also if the body of an upload has ended short; for one that is still coming in, this waits.
        """
        if self.is_late():
            self._refuse(LATE)
        if self.upload is not None and not self.upload.complete():
            self._refuse(INCOMPLETE)

    def note_failure(self):
        """Call when a statement failed: our own timeouts end one at the deadline."""
        if self.is_late(_TIMEOUT_MARGIN_MS):
            self.refusal = LATE

    def _refuse(self, refusal):
        self.refusal = refusal
        raise refusal.error()

    @contextmanager
    def waiting_for_body(self):
        """Around each wait for an upload's body: the limit of an upload counts from the body's end.

        Only the time spent waiting is added. What the app does between two reads is its own.
        """
        started = time.time()
        try:
            yield
        finally:
            if self.deadline_ms is not None:  # it has not been answered meanwhile
                self.deadline_ms += (time.time() - started) * 1000

    def build_header(self, status, invalidate):
        """Value of X-Mizan-Wrote for a response with `status` (a number) and raw X-Mizan-Invalidate."""
        route = to_manifest_route(self.route)
        wrote = self.has_written()
        return build_wrote(self.intent, status, wrote, self.session_read, route, invalidate)

    def log_refusal(self):
        print(self.refusal.log % (self.route or "a request"), file=sys.stderr, flush=True)


OUTSIDE = Exchange()
_current = ContextVar("mizan_runtime.exchange", default=OUTSIDE)


def current_exchange():
    """The Exchange that this thread or task works for; OUTSIDE if for none."""
    return _current.get()


@contextmanager
def working_for(exchange):
    token = _current.set(exchange)
    try:
        yield
    finally:
        _current.reset(token)
