"""The worker's side of the pipe: newline JSON, answers by id and in any order (reference/protocol.md 6.3)."""

import json
import os
import threading
import time
from collections import deque

from .render_error import RenderError

# As many as the SSR server renders at once (`RENDER_LIMIT.atOnce` of edge/render/contract.ts).
AT_ONCE = 64


class PipeWorker:
    """Answers what is written to the pipe; `client` is an SsrClient, `answers` a descriptor."""

    def __init__(self, client, answers):
        self.client = client
        self.answers = answers
        self.write_lock = threading.Lock()
        self.lock = threading.Lock()
        self.running = 0
        self.waiting = deque()

    def run(self, requests):
        """Says that it is ready, then answers each line of the binary stream `requests` until it ends."""
        self._write({"id": 0, "ready": True})
        for line in requests:
            if line.strip():
                self._take(line)

    def _take(self, line):
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("a request is an object")
        # Nested too deeply, which Django would not have written either.
        except (ValueError, RecursionError) as error:
            self._write({"id": None, "error": "invalid request: %s" % error})
            return
        method = request.get("method")
        if method == "ping":
            self._write({"id": request.get("id"), "pong": True})
        elif method == "render":
            self._start((request, time.monotonic()))
        else:
            self._write({"id": request.get("id"), "error": "unknown method: %s" % json.dumps(method)})

    def _start(self, job):
        with self.lock:
            if self.running == AT_ONCE:
                self.waiting.append(job)
                return
            self.running += 1
        # A daemon: the end of stdin waits for nobody, since nobody reads the answers any more.
        threading.Thread(target=self._work, args=(job,), daemon=True).start()

    def _work(self, job):
        while job is not None:
            self._write(self._render(*job))
            with self.lock:
                job = self.waiting.popleft() if self.waiting else None
                if job is None:
                    self.running -= 1

    def _render(self, request, taken_at):
        answer = {"id": request.get("id")}
        params = request.get("params")
        try:
            if not isinstance(params, dict):
                raise RenderError("render takes params")
            html = self.client.render(params.get("file"), params.get("props"), taken_at)
            return dict(answer, html=html)
        except RenderError as error:
            return dict(answer, error=str(error))
        # Whoever asked waits for an answer, whatever went wrong here.
        except Exception as error:
            return dict(answer, error="mizan: %s: %s" % (type(error).__name__, error))

    def _write(self, answer):
        data = memoryview(json.dumps(answer).encode("ascii") + b"\n")
        with self.write_lock:
            try:
                while data:
                    data = data[os.write(self.answers, data) :]
            except BrokenPipeError:
                # Django is gone; the threads of other renders need not end first.
                os._exit(0)
