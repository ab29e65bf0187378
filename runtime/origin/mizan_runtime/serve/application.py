"""Imports the app's WSGI or ASGI object and wraps it; runs in each worker, after the fork."""

import importlib
import os

from .. import contract
from ..activate import activate_settings, keep_settings_name
from ..health.checks import Health
from ..health.unresolved import install_unresolved_mark


def load_application(interface):
    """Returns the wrapped app named by MIZAN_APPLICATION; `interface` is `wsgi` or `asgi`."""
    activate_settings()
    install_unresolved_mark()
    application = import_application(os.environ[contract.ENV_APPLICATION])
    keep_settings_name()
    if interface == "asgi":
        from ..health.asgi import AsgiWrapper

        return AsgiWrapper(application, Health())
    from ..health.wsgi import WsgiWrapper

    return WsgiWrapper(application, Health())


def import_application(name):
    """Imports `package.module:attribute`."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute or "application")
