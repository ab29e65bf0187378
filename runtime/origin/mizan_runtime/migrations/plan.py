"""Which migrations of the `default` database exist, and which are not yet applied."""

import os

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader


def load_migrations():
    """Returns a MigrationLoader that knows what is applied. Raises what the database driver raises.

    A SQLite file that does not exist yet is not created: nothing is applied.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if is_missing_sqlite_file(connection):
        loader = MigrationLoader(None)
        loader.applied_migrations = {}
        return loader
    return MigrationLoader(connection)


def load_migration_files():
    """Returns a MigrationLoader of the files alone, without asking a database."""
    return MigrationLoader(None)


def is_missing_sqlite_file(connection):
    if connection.vendor != "sqlite":
        return False
    name = str(connection.settings_dict["NAME"])
    return not connection.is_in_memory_db() and not os.path.exists(name)


def heads(loader):
    """Leaf migration per app label, e.g. `{"shop": "0003_order"}`."""
    return {app: name for app, name in sorted(loader.graph.leaf_nodes())}


def pending_keys(loader):
    """`(app, name)` of each migration that is not applied, in the order in which it will be."""
    seen = []
    for leaf in loader.graph.leaf_nodes():
        for key in loader.graph.forwards_plan(leaf):
            if key not in loader.applied_migrations and key not in seen:
                seen.append(key)
    return seen


def pending_names():
    """`app.name` of each migration that is not applied."""
    return [".".join(key) for key in pending_keys(load_migrations())]
