"""One worker per Django process and script: started at the first render, and anew after its end."""

import atexit
import json
import os
import threading

from .worker_process import SSRError, WorkerEnded, WorkerProcess

PING_TIMEOUT_SECONDS = 1

_bridges = {}


class Bridge:
    """Renders by whatever worker there is. Used by every thread of the process at once."""

    def __init__(self, script, timeout_seconds):
        self.script = script
        self.timeout_seconds = timeout_seconds
        self.forget()

    def forget(self):
        """Without ending it: in a forked child the worker is still the parent's."""
        self.worker = None
        self.lock = threading.Lock()

    def render(self, file, props_json):
        """HTML of a component. `file` is absolute, `props_json` a JSON object without line breaks."""
        params = f'{{"file": {json.dumps(file)}, "props": {props_json}}}'
        worker = self.running()
        try:
            answer = worker.ask("render", params, self.timeout_seconds)
        except TimeoutError as error:
            self.end_if_stuck(worker)
            message = f"{file} was not rendered within {self.timeout_seconds} s"
            raise SSRError(message) from error
        except WorkerEnded as error:
            # Not again by itself: this component may be what ended it. The next render starts one.
            raise SSRError(f"The worker ended while it rendered {file}") from error
        if "error" in answer:
            raise SSRError(f"{file}: {answer['error']}")
        return answer["html"]

    def running(self):
        with self.lock:
            if self.worker is None or not self.worker.is_alive():
                if self.worker is not None:
                    self.worker.close()
                self.worker = WorkerProcess(self.script, self.timeout_seconds)
            return self.worker

    def end_if_stuck(self, worker):
        """A worker that does not even answer a ping will answer nobody any more."""
        try:
            worker.ask("ping", None, PING_TIMEOUT_SECONDS)
        except TimeoutError:
            worker.close()
        except WorkerEnded:
            pass  # then the next render starts another one

    def close(self):
        with self.lock:
            if self.worker is not None:
                self.worker.close()
            self.worker = None


def bridge_for(script, timeout_seconds):
    key = (script, timeout_seconds)
    if key not in _bridges:
        _bridges[key] = Bridge(script, timeout_seconds)
    return _bridges[key]


@atexit.register
def _close_all():
    for bridge in _bridges.values():
        bridge.close()


def _after_fork():
    for bridge in _bridges.values():
        if bridge.worker is not None:
            bridge.worker.drop_pipes()
        bridge.forget()


os.register_at_fork(after_in_child=_after_fork)
