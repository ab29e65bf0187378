"""Ends a worker whose gunicorn master was killed: the next master must not share the machine with it."""

import os
import signal
import threading

# Time for requests under way; the next master starts meanwhile.
GRACE_SECONDS = 1.0


class ParentWatch:
    """A pipe that only the master holds open for writing: its end is the master's end."""

    def __init__(self):
        self.read_fd, self.write_fd = os.pipe()

    def watch(self):
        """In a worker, after the fork: starts a thread that waits for the master's end."""
        os.close(self.write_fd)
        threading.Thread(target=self._end_after_parent, daemon=True).start()

    def _end_after_parent(self):
        os.read(self.read_fd, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(GRACE_SECONDS)
        os._exit(0)
