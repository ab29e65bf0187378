"""The cache key of a context: reference/protocol.md, section 4."""

import hashlib
import hmac
import json


def derive_cache_key(secret, context, params, user_id=None, rev=0):
    """`ctx:<context>:<64 hex>`. `secret` is text; `user_id` None stands for public content."""
    message = canonical_message(context, params, user_id, rev)
    digest = hmac.new(secret.encode(), message.encode(), hashlib.sha256)
    return f"ctx:{context}:{digest.hexdigest()}"


def canonical_message(context, params, user_id=None, rev=0):
    """Python's default escapes of non-ASCII stay: the documented call does not turn them off."""
    message = {
        "c": context,
        "p": {name: normalize_value(value) for name, value in params.items()},
        "r": rev,
    }
    if user_id is not None:
        message["u"] = str(user_id)
    return json.dumps(message, sort_keys=True, separators=(",", ":"))


def normalize_value(value):
    """A parameter's value as text: `true`, `false`, `null`, else what `str` says."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
