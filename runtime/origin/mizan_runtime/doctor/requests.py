"""Requests to the app in this process: what a load balancer and a proxy would get."""

import asyncio
import os
from wsgiref.util import setup_testing_defaults

from .. import contract
from ..probe.interfaces import asgi_name, wsgi_name

# A load balancer asks by the task's address, not by the site's name.
BALANCER_HOST = "10.0.0.1"


def build_environ(**values):
    environ = dict(values)
    setup_testing_defaults(environ)
    return environ


def build_request(**values):
    """A WSGIRequest with these keys in its environ, over plain HTTP as from the Edge."""
    from django.core.handlers.wsgi import WSGIRequest

    return WSGIRequest(build_environ(**values))


def is_secure(_folder):
    """`request.is_secure()` for a browser's HTTPS and HTTP, as the Edge tells them apart."""
    return {
        scheme: build_request(HTTP_X_FORWARDED_PROTO=scheme).is_secure() for scheme in ("https", "http")
    }


def health_answers(_folder):
    """`live`: status by a load balancer's Host header; `ready`: status. Both with every database away."""
    # First: an app may ask its database while it is imported.
    application, interface = _load()
    _take_databases_away()
    ask = _ask_asgi if interface == "asgi" else _ask_wsgi
    from ..health.checks import Health

    return {
        "live": ask(application, contract.HEALTH_PATH_LIVE),
        # Without the wrapper: in its own thread it would have the app's cache again.
        "ready": Health().answer(contract.HEALTH_PATH_READY)[0],
    }


def _load():
    from ..serve.application import load_application

    asgi = asgi_name()
    interface = os.environ.get(contract.ENV_INTERFACE) or ("asgi" if asgi else "wsgi")
    if not os.environ.get(contract.ENV_APPLICATION):
        os.environ[contract.ENV_APPLICATION] = (asgi if interface == "asgi" else wsgi_name()) or ""
    return load_application(interface), interface


def _take_databases_away():
    """No connection can be made, and the cache is one of this process: the real ones are left alone."""
    from django.core.cache import caches
    from django.core.cache.backends.locmem import LocMemCache
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.utils import OperationalError

    def refuse(_connection):
        raise OperationalError("mizan doctor took the database away")

    BaseDatabaseWrapper.ensure_connection = refuse
    caches["default"] = LocMemCache("mizan-doctor", {})


def _ask_wsgi(application, path):
    statuses = []
    environ = build_environ(PATH_INFO=path, HTTP_HOST=BALANCER_HOST, REQUEST_METHOD="GET")
    list(application(environ, lambda status, _headers, _error=None: statuses.append(status)))
    return int(statuses[-1].split(" ")[0])


def _ask_asgi(application, path):
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", BALANCER_HOST.encode())],
    }
    messages = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        messages.append(message)

    asyncio.run(application(scope, receive, send))
    return next(m["status"] for m in messages if m["type"] == "http.response.start")
