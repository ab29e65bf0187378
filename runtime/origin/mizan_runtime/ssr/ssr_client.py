"""Asks the release's SSR server for a component's HTML; a server that is being restarted is waited for."""

import json
import os
import socket
import time
from http.client import HTTPConnection, HTTPException

from .. import contract
from .render_error import RenderError

# From the request on the pipe; the framework's bridge gives a render 5 s (reference/protocol.md 6.2).
RETRY_SECONDS = 4.5
FIRST_PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 0.3
# The server ends each render itself, long before (`RENDER_LIMIT` of edge/render/contract.ts).
ANSWER_SECONDS = 30
# `RENDER_LIMIT.propsBytes`: a server that refuses more closes the connection before it has read all.
LARGEST_BODY_BYTES = 4 * 1024 * 1024
# A render that takes the server with it is not tried over and over.
LOST_ANSWERS = 2


class SsrClient:
    """`socket_path` is the server's Unix socket; components are named by their path from `app_folder`."""

    def __init__(self, socket_path, app_folder):
        self.socket_path = socket_path
        self.app_folder = os.path.realpath(app_folder)

    def wait_until_accepting(self, seconds):
        """Returns whether the server accepts a connection within that time."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._connect().close()
                return True
            except OSError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(FIRST_PAUSE_SECONDS)

    def render(self, file, props, taken_at):
        """Returns the HTML of the component in `file` (absolute path), as `renderToString` gives it.

        `props` is a dict or None; `taken_at` (monotonic seconds) is when Django asked.
        Raises RenderError.
        """
        request = {
            "component": self._name_component(file),
            "props": {} if props is None else props,
            "output": "inner",
        }
        body = json.dumps(request).encode("ascii")
        if len(body) > LARGEST_BODY_BYTES:
            raise RenderError("the props are larger than %d MiB" % (LARGEST_BODY_BYTES >> 20))
        status, answer = self._ask_until(body, taken_at + RETRY_SECONDS)
        if status != 200:
            raise RenderError(_describe_failure(status, answer))
        return answer.decode("utf-8")

    def _name_component(self, file):
        if not _is_path(file):
            raise RenderError("render takes the path of a component's file")
        path = os.path.relpath(os.path.realpath(file), self.app_folder)
        if path.split(os.sep)[0] == os.pardir:
            raise RenderError("%s is outside of the app" % file)
        return path.replace(os.sep, "/")

    def _ask_until(self, body, deadline):
        """Returns `(status, body)`, tried again until the deadline while the server is away or busy."""
        pause, lost = FIRST_PAUSE_SECONDS, 0
        while True:
            connection = None
            try:
                connection = self._connect()
                answer = self._ask(connection, body)
                if answer[0] != 503 or time.monotonic() + pause > deadline:
                    return answer
            except socket.timeout:
                raise RenderError("the SSR server has not answered for %d s" % ANSWER_SECONDS) from None
            except (OSError, HTTPException) as error:
                lost += connection is not None
                if lost == LOST_ANSWERS or time.monotonic() + pause > deadline:
                    raise RenderError(_describe_absence(error, connection)) from None
            finally:
                if connection is not None:
                    connection.close()
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _connect(self):
        connection = _UnixConnection(self.socket_path)
        connection.connect()
        return connection

    @staticmethod
    def _ask(connection, body):
        headers = {"Content-Type": "application/json", "Connection": "close"}
        connection.request("POST", contract.SSR_RENDER_PATH, body, headers)
        response = connection.getresponse()
        return response.status, response.read()


class _UnixConnection(HTTPConnection):
    def __init__(self, socket_path):
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self.socket_path = socket_path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(self.socket_path)
        except OSError:
            self.close()
            raise


def _is_path(value):
    try:
        return isinstance(value, str) and b"\0" not in os.fsencode(value)
    except UnicodeEncodeError:
        # Half of a surrogate pair, which JSON can write.
        return False


def _describe_failure(status, answer):
    """Text of a RenderFailure (edge/render/contract.ts)."""
    try:
        error = json.loads(answer)["error"]
        message, location, component = error["message"], error["location"], error["component"]
    except (ValueError, KeyError, TypeError):
        return "the SSR server answered with status %d" % status
    place = location or component
    return "%s (%s)" % (message, place) if place else message


def _describe_absence(error, connection):
    what = "is not there" if connection is None else "broke off"
    return "the SSR server %s: %s" % (what, getattr(error, "strerror", None) or type(error).__name__)
