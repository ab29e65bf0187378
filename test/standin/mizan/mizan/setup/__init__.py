"""How an app makes its functions known: `register` in `clients.py`, `mizan_clients` in `ready()`."""

from importlib import import_module
from importlib.util import find_spec

from ..client.registry import register

__all__ = ["mizan_clients", "register"]


def mizan_clients(app):
    """Imports `<app>.clients`, or `mizan_clients` of the older convention."""
    for module in ("clients", "mizan_clients"):
        if find_spec(f"{app}.{module}") is not None:
            import_module(f"{app}.{module}")
            return
    raise ModuleNotFoundError(f"{app} has no clients.py")
