"""The body of an upload, before whose end nothing of its request is committed.

An upload is what the Edge has vouched for with `m=uncovered` and a deadline: no intent covers it. Where
its body never arrived whole, the Edge therefore knows that nothing was written, whatever became of the
connection: whoever breaks off uploads makes no context dirty. All other bodies are left alone.
"""

import tempfile
import threading

# More of a body that the app has not read when it writes is kept on the disk, as Django keeps files.
_MEMORY_BYTES = 512 * 1024
_STEP_BYTES = 64 * 1024


class UploadInput:
    """The `wsgi.input` of an upload: tells how long it was waited for, and whether it is whole.

    `length_bytes` is what Content-Length says, None for a chunked body.
    """

    def __init__(self, stream, length_bytes, exchange):
        self.stream = stream
        self.exchange = exchange
        self.remaining_bytes = length_bytes
        self.whole = length_bytes == 0
        # Ended short: what comes after an error is no end.
        self.broken = False
        self.spool = None
        # The app may read in one thread and write in another.
        self.lock = threading.RLock()

    def complete(self):
        """Waits for the rest, which the app can still read afterwards. Returns whether it came."""
        with self.lock:
            if not self.whole and not self.broken:
                self._spool_rest()
            return self.whole

    def read(self, size=-1):
        size = -1 if size is None else size
        with self.lock:
            if self.spool is not None:
                return self.spool.read(size)
            return self._take(self.stream.read, size, size < 0)

    def readline(self, size=-1):
        size = -1 if size is None else size
        with self.lock:
            if self.spool is not None:
                return self.spool.readline(size)
            return self._take(self.stream.readline, size, False)

    def readlines(self, _hint=-1):
        return list(self)

    def __iter__(self):
        return iter(self.readline, b"")

    def _spool_rest(self):
        spool = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)
        try:
            while not self.whole and not self.broken:
                spool.write(self._take(self.stream.read, _STEP_BYTES, False))
        except Exception:
            # The client's or the connection's end, as each server says it.
            if not self.broken:
                self.broken = True  # a full disk: the app would miss what was read
                raise
        spool.seek(0)
        self.spool = spool

    def _take(self, read, size, to_end):
        """`to_end`: all that is left is asked for."""
        try:
            with self.exchange.waiting_for_body():
                chunk = read(size)
        except Exception:
            self.broken = not self.whole
            raise
        is_end = to_end or (size != 0 and not chunk)
        if self.remaining_bytes is not None:
            self.remaining_bytes -= len(chunk)
            self.whole = self.remaining_bytes <= 0
        elif is_end and not self.broken:
            self.whole = True
        if is_end and not self.whole:
            self.broken = True
        return chunk


class UploadMessages:
    """The `receive` of an upload, likewise. It cannot be waited for from within a write: other tasks
    read it. Django's own handler has read it whole before the view runs."""

    def __init__(self, receive, has_body, exchange):
        self.raw_receive = receive
        self.exchange = exchange
        self.whole = not has_body

    def complete(self):
        return self.whole

    async def receive(self):
        if self.whole:  # what comes now is the client's going away
            return await self.raw_receive()
        with self.exchange.waiting_for_body():
            message = await self.raw_receive()
        self.whole = message["type"] == "http.request" and not message.get("more_body", False)
        return message
