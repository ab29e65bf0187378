"""Verb `serve`: this process becomes the gunicorn master of the app."""

import importlib
import os
import sys

import gunicorn
from gunicorn.app.base import BaseApplication

from .. import contract
from .application import load_application
from .orphans import ParentWatch
from .sizing import available_cpus, available_memory_bytes, worker_count

THREADS_PER_WSGI_WORKER = 4
# Above the 5 s for which the Edge keeps an idle connection, so that it is always the Edge who closes.
ASGI_KEEP_ALIVE_SECONDS = 75
# Longer than any request that is worth waiting for; gunicorn ends what is left.
GRACEFUL_TIMEOUT_SECONDS = 30
WORKER_TIMEOUT_SECONDS = 60


# Before, gthread counted from several threads at once: it could lose count and stop accepting.
COUNTS_CONNECTIONS_RELIABLY = (24, 1)

# Django's own, which neither read settings nor open anything: imported once, shared by all workers.
# The app itself is imported in each worker, since it may start threads or open connections.
DJANGO_MODULES = (
    "django.contrib.sessions.middleware",
    "django.core.handlers.asgi",
    "django.core.handlers.wsgi",
    "django.db.migrations.loader",
    "django.db.models",
    "django.forms",
    "django.middleware.common",
    "django.middleware.csrf",
    "django.template.response",
    "django.urls",
    "django.views.generic",
)


class Server(BaseApplication):
    """gunicorn configured by `options` alone: no file, command line or GUNICORN_CMD_ARGS."""

    def __init__(self, interface, options):
        self.interface = interface
        self.options = options
        super().__init__()

    def load_config(self):
        for name, value in self.options.items():
            # Some settings exist only in newer versions, e.g. the control socket of 25.1.
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self):
        return load_application(self.interface)


def run(_arguments):
    interface = os.environ.get(contract.ENV_INTERFACE, "wsgi")
    for module in DJANGO_MODULES:
        importlib.import_module(module)
    watch = ParentWatch()
    options = build_options(os.environ[contract.ENV_BIND], interface, _workers())
    options["post_fork"] = lambda _server, _worker: watch.watch()
    Server(interface, options).run()
    return 0


def build_options(bind, interface, workers):
    """gunicorn settings for `bind` (`unix:/path` or `host:port`), `interface` and `workers` processes."""
    options = {
        "bind": bind,
        "workers": workers,
        "proc_name": "mizan",
        "timeout": WORKER_TIMEOUT_SECONDS,
        "graceful_timeout": GRACEFUL_TIMEOUT_SECONDS,
        # Applies to the socket file (0600) and gunicorn's own files, not to what the app writes.
        "umask": 0o177,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        # The file is touched every second by each worker: not on a disk.
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,
        "control_socket_disable": True,
    }
    if bind.startswith("unix:"):
        # Only the Edge reaches the socket, and it replaces what clients say about themselves.
        options["forwarded_allow_ips"] = "*"
    if interface == "asgi":
        options["worker_class"] = "uvicorn_worker.UvicornWorker"
        options["keepalive"] = ASGI_KEEP_ALIVE_SECONDS
    else:
        options["worker_class"] = "gthread"
        options["threads"] = THREADS_PER_WSGI_WORKER
        if gunicorn.version_info >= COUNTS_CONNECTIONS_RELIABLY:
            # A worker takes no connection that would wait in it while another worker is free.
            options["worker_connections"] = THREADS_PER_WSGI_WORKER
        # One request per connection: an idle one could be closed just as the Edge sends the next.
        # Over a Unix socket a new connection costs next to nothing.
        options["keepalive"] = 0
    return options


def _workers():
    text = os.environ.get(contract.ENV_WORKERS)
    if text:
        return int(text)
    count = worker_count(available_cpus(), available_memory_bytes())
    print("mizan: %d worker processes" % count, file=sys.stderr)
    return count
