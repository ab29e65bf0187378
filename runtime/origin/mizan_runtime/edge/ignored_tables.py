"""The tables whose writes are none for the Edge: the session table, and those that the config names."""

import functools
import os
from importlib import import_module

from django.conf import settings

from .. import contract


@functools.lru_cache(maxsize=None)
def read_ignored_tables():
    """Lower-case table names, with or without a schema. Ask once the apps are loaded."""
    names = os.environ.get(contract.ENV_EDGE_IGNORE_TABLES, "").split(",")
    return frozenset(name.strip().lower() for name in names if name.strip()) | _session_tables()


def _session_tables():
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(store, "get_model_class"):
        return frozenset()
    try:
        return frozenset((store.get_model_class()._meta.db_table.lower(),))
    except RuntimeError:
        # The engine's app is not among INSTALLED_APPS: its model cannot be used, there is no table.
        return frozenset()
