"""Whether the installed `mizan` package derives keys as the Edge does (design D10); a difference is a finding."""

import inspect

SECRET = "mizan-deploy-test-cache-secret-01"
# Context, parameters, user, rev, and the key of reference/vectors.json.
VECTORS = (
    ("global", {}, None, 0, "d4feb7c55998e2d8a3ee05972b16030a0899ccefc88e73cf5b8ad9af8e313bb1"),
    (
        "product",
        {"product_id": 5},
        None,
        0,
        "fbfc6ad4563f41544310c4a2a2b848dba4b0b694833b05eb5ff777770e89a69e",
    ),
    ("user", {"user_id": 5}, "5", 0, "d722add3cbdddce759b161786d4fe8b164eb950fecb7f5b003c60fbced3a89d1"),
    ("user", {"user_id": 5}, "6", 0, "bc09bd239824d0d1785a1431645965c7d6445c2b10a421e4232e4067ada0a9e0"),
    ("user", {"user_id": 5}, None, 0, "15b9c20eb3307a2ad387c70fde6fb4f12650d9f9d1ec3d2331e3f54c4b99abd6"),
    ("user", {"user_id": 5}, "5", 1, "20dc5862f617dc5a57fca6402e5b0903170b04f0a97fb936838d65a6e2525d5c"),
    (
        "list",
        {"active": True, "page": 2},
        None,
        0,
        "09636c95fed7fd466ba34f875197fb129fe79d19457de8cbe6f4f91afb37e312",
    ),
    ("list", {"cursor": None}, None, 0, "8b42849dca1bacfca7f6bce2c0b85e76a6259eec013f8fcdf255580b6843bf7f"),
)
# Parameters that the functions must take by these names (reference/protocol.md 4.1, 5.1).
SIGNATURES = (
    ("mizan_core.cache.keys", "derive_cache_key", ("secret", "context", "params", "user_id", "rev")),
    ("mizan_core.mwt", "create_mwt", ("user", "secret", "ttl", "audience", "kid")),
    ("mizan_core.mwt", "decode_mwt", ("token", "secret")),
)


def find_disagreements():
    """Sentences, one for each difference; also for what cannot be asked."""
    found = []
    for module, name, parameters in SIGNATURES:
        function = _import(module, name)
        if function is None:
            found.append("%s.%s is not there" % (module, name))
            continue
        known = inspect.signature(function).parameters
        missing = [parameter for parameter in parameters if parameter not in known]
        if missing:
            found.append("%s.%s takes no %s" % (module, name, ", ".join(missing)))
        elif name == "derive_cache_key":
            found += _compare_keys(function)
    return found


def _compare_keys(derive):
    found = []
    for context, params, user_id, rev, expected in VECTORS:
        key = derive(secret=SECRET, context=context, params=params, user_id=user_id, rev=rev)
        if str(key) != "ctx:%s:%s" % (context, expected):
            subject = "context %s, parameters %r, user %r, rev %d" % (context, params, user_id, rev)
            found.append("derive_cache_key gives %s for %s; the Edge has %s" % (key, subject, expected))
    return found


def _import(module, name):
    import importlib

    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
