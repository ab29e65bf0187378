"""Puts the Edge's wire around an application, where the environment names an Edge ring."""

import os

from .. import contract
from .probe_context import ProbeContext
from .ring import EdgeRing


def open_edge_ring():
    """Returns the EdgeRing named by MIZAN_EDGE_KEYS_FILE, with the hooks that its wire needs, or None.

    Call it once the settings are active and before the app is imported.
    """
    path = os.environ.get(contract.ENV_EDGE_KEYS_FILE)
    if not path:
        return None
    from .database import install_database_hooks
    from .view import install_view_hooks

    install_database_hooks()
    install_view_hooks()
    return EdgeRing(path)


def wrap_application(application, interface, ring):
    """Returns the app inside the Edge's wire; `interface` is `wsgi` or `asgi`, `ring` may be None."""
    if interface == "asgi":
        from .asgi import EdgeAsgi

        return EdgeAsgi(application, ring, ProbeContext())
    from .wsgi import EdgeWsgi

    return EdgeWsgi(application, ring, ProbeContext())
