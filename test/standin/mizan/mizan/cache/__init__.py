"""The origin's own cache of context bundles: off unless a test turns it on with `use_cache`."""

import json

from mizan_core.cache.backend import CacheBackend, MemoryCache
from mizan_core.cache.keys import derive_cache_key

from ..client.registry import function_named, is_context, revision_of
from ..conf import get_settings

__all__ = [
    "CacheBackend",
    "MemoryCache",
    "cache_get",
    "cache_purge",
    "cache_put",
    "use_cache",
]

_backend: CacheBackend | None = None


def use_cache(backend):
    """Turns the cache on, or off with None. It also needs MIZAN_CACHE_SECRET."""
    global _backend
    _backend = backend


def cache_get(secret, backend, context, params, user_id=None, rev=0):
    """The stored value, or None."""
    stored = backend.get(derive_cache_key(secret, context, params, user_id, rev))
    return None if stored is None else json.loads(stored)


def cache_put(secret, backend, context, params, value, user_id=None, rev=0):
    key = derive_cache_key(secret, context, params, user_id, rev)
    backend.set(key, json.dumps(value).encode())


def cache_purge(backend, context, params=None, secret=None, user_id=None, rev=0):
    """With params one key, that of exactly these params and this user; without, the whole context."""
    if params is None:
        backend.delete_by_prefix(f"ctx:{context}:")
    else:
        backend.delete(derive_cache_key(secret, context, params, user_id, rev))


def get_bundle(context, params, user_id, rev):
    secret = _active_secret()
    return cache_get(secret, _backend, context, params, user_id, rev) if secret else None


def put_bundle(context, params, bundle, user_id, rev):
    secret = _active_secret()
    if secret:
        cache_put(secret, _backend, context, params, bundle, user_id, rev)


def purge(targets, user_id):
    """Purges what the `invalidate` and `merge` targets of an answer name."""
    secret = _active_secret()
    if not secret:
        return
    for target in targets:
        named = {"context": target} if isinstance(target, str) else target
        context = _context_of(named)
        if context is None:
            continue
        scope = {"user_id": user_id, "rev": revision_of(context)}
        cache_purge(_backend, context, named.get("params"), secret, **scope)


def _context_of(target):
    name = target.get("context") or target["function"]
    if is_context(name):
        return name
    function = function_named(name)
    return None if function is None else function.options.context


def _active_secret():
    return get_settings().cache_secret if _backend is not None else None
