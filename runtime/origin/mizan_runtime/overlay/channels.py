"""Rule `channels`: releases that share a Redis do not hear each other's messages."""

import os

from .. import contract

# channels_redis puts its `prefix` before the names of groups and of channels (`core.py`, `pubsub.py`).
LAYERS = ("channels_redis.core.RedisChannelLayer", "channels_redis.pubsub.RedisPubSubChannelLayer")
DEFAULT_PREFIX = "asgi"
REASON = "messages stay within the release: a consumer of the one before may not know them"


def apply_channels(draft):
    release = os.environ.get(contract.ENV_RELEASE)
    layers = draft.copy("CHANNEL_LAYERS") or {}
    for alias, layer in layers.items():
        if not release or layer.get("BACKEND") not in LAYERS:
            continue
        config = layer["CONFIG"] = layer.get("CONFIG") or {}
        prefix = config.get("prefix")
        config["prefix"] = "%s-%s" % (prefix or DEFAULT_PREFIX, release)
        draft.settings["CHANNEL_LAYERS"] = layers
        setting = 'CHANNEL_LAYERS["%s"]["CONFIG"]["prefix"]' % alias
        draft.note(setting, "replaced" if prefix else "filled", REASON)
