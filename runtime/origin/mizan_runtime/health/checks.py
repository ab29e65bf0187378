"""The answers of live and ready: is this process up, and can it serve requests that need its services."""

import json
import os
import threading
import uuid

from .. import contract

# A cache in this process's memory or in files is there whenever the process is.
SHARED_CACHES = ("redis", "memcached", "databasecache")
_migrations_lock = threading.Lock()


class Health:
    """Health of one worker process. Create it after the fork: `instance` is the process's own.

    `edge_ring` is an EdgeRing, or None without an Edge.
    """

    def __init__(self, edge_ring=None):
        self.edge_ring = edge_ring
        self.release = os.environ.get(contract.ENV_RELEASE, "")
        self.instance = "%d-%s" % (os.getpid(), uuid.uuid4().hex[:8])
        self.migrated = False

    def answer(self, path):
        """Returns `(status, body)` for a health path, or None for any other path. `body` is JSON bytes."""
        if path == contract.HEALTH_PATH_LIVE:
            return 200, self._body(True, None)
        if path == contract.HEALTH_PATH_READY:
            checks = self._checks()
            ok = all(check["ok"] for check in checks)
            return (200 if ok else 503), self._body(ok, checks)
        return None

    def _body(self, ok, checks):
        body = {"release": self.release, "instance": self.instance, "ok": ok}
        if self.edge_ring is not None:
            body["edgeKids"] = self.edge_ring.kids()
        if checks is not None:
            body["checks"] = checks
        return json.dumps(body).encode()

    def _checks(self):
        from django.db import connections

        checks = [_check("database:" + alias, _ask_database, alias) for alias in connections]
        if "default" in connections and _is_configured(connections["default"]):
            checks.append(_check("migrations", self._ask_migrations))
        if _is_shared_cache():
            checks.append(_check("cache:default", _ask_cache))
        return checks

    def _ask_migrations(self):
        from ..migrations.plan import pending_names

        # Migrations are only ever added while a release runs, so once is enough.
        with _migrations_lock:
            if self.migrated:
                return
            pending = pending_names()
            if pending:
                raise RuntimeError("not applied: " + ", ".join(pending))
            self.migrated = True


def _check(name, ask, *arguments):
    try:
        ask(*arguments)
    except Exception as error:  # whatever a driver raises is the check's result
        return {"name": name, "ok": False, "message": "%s: %s" % (type(error).__name__, error)}
    return {"name": name, "ok": True, "message": ""}


def _is_configured(connection):
    return connection.settings_dict.get("ENGINE") != "django.db.backends.dummy"


def _is_shared_cache():
    from django.conf import settings

    backend = str(settings.CACHES.get("default", {}).get("BACKEND", "")).lower()
    return any(kind in backend for kind in SHARED_CACHES)


def _ask_database(alias):
    from django.db import connections

    connection = connections[alias]
    if not _is_configured(connection):
        return
    # A persistent connection that the server has closed is not a sign that the database is down.
    connection.close_if_unusable_or_obsolete()
    was_open = connection.connection is not None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM DUAL" if connection.vendor == "oracle" else "SELECT 1")
    finally:
        if not was_open:
            connection.close()


def _ask_cache():
    from django.core.cache import cache

    key = "mizan_runtime:ready:%d" % os.getpid()
    cache.set(key, "1", timeout=60)
    if cache.get(key) != "1":
        raise RuntimeError("a value that was just set could not be read back")
