"""Which services the settings point to, and on which host; as the user's settings have it."""

from urllib.parse import urlsplit

from ..database_vendor import database_vendor
from ..overlay.redis import REDIS_URL, is_local_host
from ..service_kind import backend_kind


def database_facts(original):
    """DatabaseFacts per alias."""
    facts = {}
    for alias, database in (original.get("DATABASES") or {}).items():
        engine = database.get("ENGINE") or ""
        vendor = database_vendor(engine)
        if not engine:
            continue
        facts[alias] = {
            "engine": engine,
            "vendor": vendor,
            "host": "file" if vendor == "sqlite" else host_kind(database.get("HOST")),
            "connMaxAge": database.get("CONN_MAX_AGE", 0),
        }
    return facts


def host_kind(host):
    """`none`, `loopback`, `socket` or `remote`."""
    host = str(host or "")
    if not host:
        return "none"
    if host.startswith("/"):
        return "socket"
    return "loopback" if is_local_host(host) else "remote"


def channel_facts(settings):
    """The `channels` fact: null if the app does not use Channels."""
    if "channels" not in settings.INSTALLED_APPS:
        return None
    layers = getattr(settings, "CHANNEL_LAYERS", None) or {}
    backend = layers.get("default", {}).get("BACKEND")
    return {"layer": backend_kind(backend) if backend else None}


def redis_host(original, celery_app):
    """Where the settings expect Redis: the nearest of all mentions, null if there is none.

    `none` or `loopback` anywhere means that this machine has to have one.
    """
    hosts = set()
    for name in ("CACHES", "CHANNEL_LAYERS"):
        for entry in (original.get(name) or {}).values():
            if backend_kind(entry.get("BACKEND")) == "redis":
                hosts.update(_hosts_of(entry) or _layer_hosts(entry) or ["none"])
    hosts.update(_hosts_of(dict(original, CACHES=None, CHANNEL_LAYERS=None)))
    if celery_app is not None:
        hosts.update(_hosts_of([celery_app[1].conf.broker_url, celery_app[1].conf.result_backend]))
    return next((kind for kind in ("none", "loopback", "socket", "remote") if kind in hosts), None)


def _layer_hosts(entry):
    """Channels also takes `("localhost", 6379)`."""
    hosts = (entry.get("CONFIG") or {}).get("hosts") or []
    return [host_kind(host[0]) for host in hosts if isinstance(host, (list, tuple))]


def _hosts_of(value):
    """Host kinds of each Redis address in a value, at any depth."""
    if isinstance(value, str):
        return [_url_host(part) for part in value.split(",") if REDIS_URL.match(part.strip())]
    if isinstance(value, dict):
        return [kind for item in value.values() for kind in _hosts_of(item)]
    if isinstance(value, (list, tuple)):
        return [kind for item in value for kind in _hosts_of(item)]
    return []


def _url_host(url):
    parts = urlsplit(url.strip())
    return "socket" if parts.scheme == "unix" else host_kind(parts.hostname)
