"""Imports the app's WSGI or ASGI object and wraps it; runs in each worker, after the fork."""

import importlib
import os

from .. import contract
from ..activate import activate_settings, keep_settings_name
from ..edge.install import open_edge_ring, wrap_application
from ..health.checks import Health
from ..health.unresolved import install_unresolved_mark


def load_application(interface):
    """Returns the wrapped app named by MIZAN_APPLICATION; `interface` is `wsgi` or `asgi`."""
    activate_settings()
    install_unresolved_mark()
    ring = open_edge_ring()
    application = import_application(os.environ[contract.ENV_APPLICATION])
    keep_settings_name()
    application = wrap_application(application, interface, ring)
    health = Health(ring)
    if interface == "asgi":
        from ..health.asgi import AsgiWrapper

        return AsgiWrapper(application, health)
    from ..health.wsgi import WsgiWrapper

    return WsgiWrapper(application, health)


def import_application(name):
    """Imports `package.module:attribute`."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute or "application")
