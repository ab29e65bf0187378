"""Wraps a WSGI app: answers the health paths, sets the unresolved header, names the client."""

from http import HTTPStatus

from .. import contract
from .unresolved import MARK


class WsgiWrapper:
    """WSGI application around `application`; `health` answers for this process."""

    def __init__(self, application, health):
        self.application = application
        self.health = health

    def __call__(self, environ, start_response):
        answer = self.health.answer(environ.get("PATH_INFO", ""))
        if answer is not None:
            return _send(answer, environ, start_response)
        # Over a Unix socket there is no peer address; the Edge names the client.
        if not environ.get("REMOTE_ADDR") and environ.get("HTTP_X_FORWARDED_FOR"):
            environ["REMOTE_ADDR"] = environ["HTTP_X_FORWARDED_FOR"].split(",")[-1].strip()
        mark = environ[MARK] = [False]

        def start(status, headers, exc_info=None):
            if mark[0] and status.startswith("404"):
                headers = list(headers) + [(contract.UNRESOLVED_HEADER, "1")]
            return start_response(status, headers, exc_info)

        return self.application(environ, start)


def _send(answer, environ, start_response):
    status, body = answer
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    start_response("%d %s" % (status, HTTPStatus(status).phrase), headers)
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]
