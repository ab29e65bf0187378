"""A child `bun run <script>`: requests as lines of JSON on its stdin, answers on its stdout, in any order."""

import itertools
import json
import os
import select
import subprocess
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError

START_TIMEOUT_SECONDS = 5
EXIT_TIMEOUT_SECONDS = 1
CHUNK_BYTES = 65536


class SSRError(RuntimeError):
    """A component could not be rendered."""


class WorkerEnded(Exception):
    """Before it answered."""


class WorkerProcess:
    """Returns once the worker has said that it is ready. Raises SSRError."""

    def __init__(self, script, timeout_seconds):
        self.timeout_seconds = timeout_seconds
        self.ids = itertools.count(1)
        self.ready = Future()
        self.pending = {0: self.ready}
        self.write_lock = threading.Lock()
        self.has_ended = False
        try:
            # Unbuffered: a buffered file's lock may be held by another thread at a fork.
            self.process = subprocess.Popen(
                ["bun", "run", script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
        except OSError as error:
            raise SSRError(f"bun does not start: {error}") from error
        # Else a worker that does not read would hold the writer for ever.
        os.set_blocking(self.process.stdin.fileno(), False)
        threading.Thread(target=self._read_answers, daemon=True, name="mizan-ssr").start()
        try:
            self._wait_for(self.ready, START_TIMEOUT_SECONDS)
        except (TimeoutError, WorkerEnded) as error:
            self.close()
            message = f"The worker {script} was not ready within {START_TIMEOUT_SECONDS} s"
            raise SSRError(message) from error

    def is_alive(self):
        return not self.has_ended and self.process.poll() is None

    def ask(self, method, params_json, timeout_seconds):
        """The answer's JSON object. Raises TimeoutError, WorkerEnded."""
        number = next(self.ids)
        future = Future()
        self.pending[number] = future
        params = "" if params_json is None else f', "params": {params_json}'
        line = f'{{"id": {number}, "method": "{method}"{params}}}\n'
        try:
            self._write(line.encode(), timeout_seconds)
            if self.has_ended:
                raise WorkerEnded
            return self._wait_for(future, timeout_seconds)
        finally:
            self.pending.pop(number, None)

    def close(self):
        """By the end of its input, which leaves it time to finish; else by force."""
        self.has_ended = True
        self._fail_pending()
        self.process.stdin.close()
        try:
            self.process.wait(EXIT_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def drop_pipes(self):
        """In a forked child: the worker must see its end when the parent ends, not this process."""
        self.process.stdin.close()
        self.process.stdout.close()

    def _wait_for(self, future, timeout_seconds):
        try:
            return future.result(timeout_seconds)
        except FutureTimeoutError as error:  # a class of its own before Python 3.11
            raise TimeoutError from error

    def _write(self, line, timeout_seconds):
        rest = memoryview(line)
        deadline = time.monotonic() + timeout_seconds
        if not self.write_lock.acquire(timeout=timeout_seconds):
            raise TimeoutError
        try:
            while rest:
                rest = rest[self._write_some(rest, deadline) :]
        finally:
            self.write_lock.release()

    def _write_some(self, rest, deadline):
        try:
            poll = select.poll()
            poll.register(self.process.stdin, select.POLLOUT)
            if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
                # Half a line may be written: nothing that follows would be understood.
                self.process.kill()
                raise TimeoutError
            return self.process.stdin.write(rest) or 0
        except (BrokenPipeError, ValueError) as error:  # ValueError: closed meanwhile
            raise WorkerEnded from error

    def _read_answers(self):
        rest = b""
        while chunk := self._read_chunk():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._take(line)
        self.has_ended = True
        self._fail_pending()

    def _read_chunk(self):
        try:
            return self.process.stdout.read(CHUNK_BYTES)
        except (OSError, ValueError):
            return b""

    def _take(self, line):
        try:
            answer = json.loads(line)
            future = self.pending.pop(answer["id"], None)
        except (ValueError, TypeError, KeyError):
            return  # something that a component printed
        if future is not None and not future.done():
            future.set_result(answer)

    def _fail_pending(self):
        for number in list(self.pending):
            future = self.pending.pop(number, None)
            if future is not None and not future.done():
                future.set_exception(WorkerEnded())
