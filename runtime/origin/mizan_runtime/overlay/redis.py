"""Rule `redis`: settings that point to a Redis on this machine, or nowhere, use the one that the target runs."""

import re
from urllib.parse import urlsplit, urlunsplit

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "")
REDIS_URL = re.compile(r"^(rediss?|unix)://")
REASON = "points to the Redis that this target runs"


def apply_redis(draft):
    url = draft.input["redisUrl"]
    if url is None:
        return
    for name in list(draft.settings):
        value = draft.copy(name)
        changed, found = _replace_urls(value, url)
        if name == "CHANNEL_LAYERS":
            found = _replace_layer_hosts(changed, url) or found
        if name == "CACHES":
            found = _complete_caches(changed, url) or found
        if name == "RQ_QUEUES":
            found = _replace_queue_hosts(changed, url) or found
        if found:
            draft.set(name, changed, REASON)


def is_local_redis_url(text):
    """Whether `text` is a Redis URL of this machine, or one without a host."""
    if not isinstance(text, str) or not REDIS_URL.match(text):
        return False
    # Several servers in one setting are a cluster or replicas: somebody else's.
    if "," in text or ";" in text:
        return False
    return is_local_host(urlsplit(text).hostname) and not text.startswith("unix:")


def is_local_host(host):
    return (host or "").lower() in LOCAL_HOSTS


def with_database_of(text, url):
    """`url` with the database number of `text`: apps keep cache and queue apart by it."""
    wanted, own = urlsplit(text), urlsplit(url)
    path = wanted.path if wanted.path.strip("/").isdigit() else own.path
    return urlunsplit((own.scheme, own.netloc, path, own.query, ""))


def _replace_urls(value, url):
    """Returns `(value, found)` with each Redis URL of this machine, at any depth, replaced."""
    if isinstance(value, str):
        return (with_database_of(value, url), True) if is_local_redis_url(value) else (value, False)
    if isinstance(value, dict):
        pairs = {key: _replace_urls(item, url) for key, item in value.items()}
        return {key: new for key, (new, _) in pairs.items()}, any(f for _, f in pairs.values())
    if isinstance(value, list):
        items = [_replace_urls(item, url) for item in value]
        return [new for new, _ in items], any(found for _, found in items)
    return value, False


def _complete_caches(caches, url):
    """A Redis cache without LOCATION; a PASSWORD option would win over the one in the URL."""
    found = False
    for cache in caches.values():
        if "redis" not in str(cache.get("BACKEND", "")).lower():
            continue
        if not cache.get("LOCATION"):
            cache["LOCATION"] = url
        if cache["LOCATION"] == with_database_of(str(cache["LOCATION"]), url):
            for options in (cache, cache.get("OPTIONS") or {}):
                options.pop("PASSWORD", None)
            found = True
    return found


def _replace_layer_hosts(layers, url):
    found = False
    for layer in layers.values():
        if "redis" not in str(layer.get("BACKEND", "")).lower():
            continue
        config = layer.setdefault("CONFIG", {})
        hosts = config.get("hosts") or [("localhost", 6379)]
        if all(_is_local_layer_host(host) for host in hosts):
            config["hosts"] = [url]
            found = True
    return found


def _is_local_layer_host(host):
    if isinstance(host, dict):
        address = host.get("address", host.get("host", ""))
        return _is_local_layer_host(address)
    if isinstance(host, (list, tuple)):
        return is_local_host(str(host[0]))
    return is_local_redis_url(host) or is_local_host(host)


def _replace_queue_hosts(queues, url):
    parts = urlsplit(url)
    found = False
    for queue in queues.values():
        if "HOST" in queue and is_local_host(queue["HOST"]):
            queue.update(HOST=parts.hostname, PORT=parts.port, PASSWORD=parts.password)
            found = True
    return found
