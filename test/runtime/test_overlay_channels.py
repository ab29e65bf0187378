"""The overlay's rule `channels`: releases do not hear each other on a shared channel layer."""

import asyncio

import pytest

from django.utils.module_loading import import_string

CORE_LAYER = "channels_redis.core.RedisChannelLayer"
PUBSUB_LAYER = "channels_redis.pubsub.RedisPubSubChannelLayer"


def test_channels_keeps_the_messages_of_releases_apart(apply, monkeypatch):
    config = {"hosts": ["redis://cache.example.com/1"], "prefix": "shop"}
    settings = {
        "CHANNEL_LAYERS": {
            "default": {"BACKEND": CORE_LAYER, "CONFIG": config},
            "plain": {"BACKEND": PUBSUB_LAYER},
            "memory": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
            "own": {"BACKEND": "shop.layers.RedisChannelLayer", "CONFIG": {}},
        }
    }
    monkeypatch.delenv("MIZAN_RELEASE", raising=False)
    assert apply(settings, only="channels")[1] == {}
    monkeypatch.setenv("MIZAN_RELEASE", "r7")
    after, changes = apply(settings, only="channels")
    assert after["CHANNEL_LAYERS"] == {
        "default": {"BACKEND": CORE_LAYER, "CONFIG": dict(config, prefix="shop-r7")},
        "plain": {"BACKEND": PUBSUB_LAYER, "CONFIG": {"prefix": "asgi-r7"}},
        "memory": settings["CHANNEL_LAYERS"]["memory"],
        "own": settings["CHANNEL_LAYERS"]["own"],
    }
    actions = {setting: change["action"] for setting, change in changes.items()}
    assert actions == {
        'CHANNEL_LAYERS["default"]["CONFIG"]["prefix"]': "replaced",
        'CHANNEL_LAYERS["plain"]["CONFIG"]["prefix"]': "filled",
    }
    assert config["prefix"] == "shop"
    assert apply({}, only="channels")[1] == {}


@pytest.mark.parametrize("backend", [CORE_LAYER, PUBSUB_LAYER])
def test_a_group_hears_its_own_release_alone(apply, monkeypatch, redis_url, backend):
    """The real layers on a real Redis: `prefix` is what keeps groups apart."""
    settings = {"CHANNEL_LAYERS": {"default": {"BACKEND": backend, "CONFIG": {"hosts": [redis_url]}}}}

    def layer_of(release):
        monkeypatch.setenv("MIZAN_RELEASE", release)
        layer = apply(settings, only="channels")[0]["CHANNEL_LAYERS"]["default"]
        return import_string(layer["BACKEND"])(**layer["CONFIG"])

    async def talk():
        layers = {name: layer_of(name) for name in ("old", "new")}
        # Another process of the old release, as a Celery worker is.
        sender = layer_of("old")
        channels = {name: await layer.new_channel() for name, layer in layers.items()}
        for name, layer in layers.items():
            await layer.group_add("orders", channels[name])
        heard = []
        for said in (layers["new"], sender):
            await said.group_send("orders", {"type": "told", "by": len(heard)})
            for name in ("old", "new"):
                try:
                    message = await asyncio.wait_for(layers[name].receive(channels[name]), 1)
                    heard.append((name, message["by"]))
                except asyncio.TimeoutError:
                    # Cancelled, the layer forgets the channel.
                    channels[name] = await layers[name].new_channel()
                    await layers[name].group_add("orders", channels[name])
        return heard

    assert asyncio.run(talk()) == [("new", 0), ("old", 1)]
