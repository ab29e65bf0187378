"""Rule `sqlite`: several processes write to one SQLite file without `database is locked`."""

import django

from ..database_vendor import database_vendor

BUSY_TIMEOUT_SECONDS = 20
WAL = "PRAGMA journal_mode=WAL"
REASON = "WAL, immediate transactions and a busy timeout of %d s" % BUSY_TIMEOUT_SECONDS
# https://docs.djangoproject.com/en/5.1/releases/5.1/#sqlite: init_command, transaction_mode
HAS_OPTIONS = django.VERSION >= (5, 1)


def apply_sqlite(draft):
    databases = draft.copy("DATABASES") or {}
    found = False
    for alias, database in databases.items():
        if database_vendor(database.get("ENGINE", "")) != "sqlite":
            continue
        found = True
        options = database.setdefault("OPTIONS", {})
        wanted = {"timeout": BUSY_TIMEOUT_SECONDS}
        if HAS_OPTIONS:
            wanted.update(transaction_mode="IMMEDIATE", init_command=WAL)
        missing = {name: value for name, value in wanted.items() if name not in options}
        options.update(missing)
        if missing:
            draft.set("DATABASES", databases, REASON, 'DATABASES["%s"]["OPTIONS"]' % alias)
    if found and not HAS_OPTIONS:
        install_sqlite_hooks()


def install_sqlite_hooks():
    """What the two options do, for Django 4.2 and 5.0."""
    from django.db.backends.signals import connection_created
    from django.db.backends.sqlite3.base import DatabaseWrapper

    connection_created.connect(_use_wal, dispatch_uid="mizan_runtime.sqlite")
    DatabaseWrapper._start_transaction_under_autocommit = _begin_immediate


def _use_wal(sender, connection, **_):
    if connection.vendor == "sqlite":
        connection.cursor().execute(WAL)


def _begin_immediate(self):
    self.cursor().execute("BEGIN IMMEDIATE")
