"""What kind of service a cache backend, channel layer or broker URL stands for."""

BACKENDS = (
    ("locmem", "memory"),
    ("inmemory", "memory"),
    ("filebased", "file"),
    ("db.databasecache", "database"),
    ("dummy", "none"),
    ("memcache", "other"),
    ("redis", "redis"),
)
SCHEMES = {
    "redis": "redis",
    "rediss": "redis",
    "redis+socket": "redis",
    "sentinel": "redis",
    "amqp": "amqp",
    "amqps": "amqp",
    "pyamqp": "amqp",
    "memory": "memory",
    "filesystem": "file",
    "sqla+postgresql": "database",
}


def backend_kind(backend):
    """ServiceKind of a dotted backend name, e.g. `django.core.cache.backends.redis.RedisCache`."""
    name = (backend or "").lower()
    if not name:
        return "none"
    for part, kind in BACKENDS:
        if part in name:
            return kind
    return "other"


def url_kind(url):
    """ServiceKind of a broker URL, `none` if there is none."""
    if not url:
        return "none"
    return SCHEMES.get(str(url).split("://")[0].lower(), "other")
