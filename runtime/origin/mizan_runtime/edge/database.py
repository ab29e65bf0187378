"""Watches every database connection for the current exchange: each statement, commit and rollback."""

import functools

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.utils import DatabaseError, DataError, IntegrityError, ProgrammingError

from .exchange import current_exchange
from .ignored_tables import read_ignored_tables
from .ledger import ledger_of
from .limits import limit_commit, limit_statement
from .statement import UNKNOWN, classify_sql

# The server refused the statement, or the commit, as a whole.
_REFUSED = (IntegrityError, DataError, ProgrammingError)
# Errors after which one statement has changed nothing, even outside a transaction. Of a server an
# error may also mean that the connection was lost: nobody can say then.
_FAILED_WHOLE = {"postgresql": _REFUSED, "sqlite": (DatabaseError,)}
# Methods of a driver's cursor that run nothing; any other may (copy, executescript, …).
_HARMLESS_METHODS = frozenset(
    """
    adapters arrayvar bindnames cast close connection fetchall fetchmany fetchone fetchval mogrify
    nextset prepare results row_factory scroll setinputsizes setoutputsize tzinfo_factory var
    """.split()
)
_CALL = UNKNOWN._replace(keyword="CALL")


def install_database_hooks():
    """Lets all connections report to the current exchange. On the classes, so that none is missed."""
    if getattr(BaseDatabaseWrapper.commit, "reports_writes", False):
        return
    _replace(CursorWrapper, "_execute_with_wrappers", _execute)
    _replace(CursorWrapper, "callproc", _call)
    _replace(CursorWrapper, "__getattr__", _get_attribute)
    _replace(BaseDatabaseWrapper, "commit", _commit)
    _replace(BaseDatabaseWrapper, "set_autocommit", _set_autocommit)
    _replace(BaseDatabaseWrapper, "rollback", _rollback)
    _replace(BaseDatabaseWrapper, "close", _close)
    _replace(BaseDatabaseWrapper, "savepoint", _savepoint)
    _replace(BaseDatabaseWrapper, "savepoint_rollback", _savepoint_rollback)


def _replace(owner, name, replacement):
    original = getattr(owner, name)

    @functools.wraps(original)
    def method(self, *args, **kwargs):
        return replacement(original, self, *args, **kwargs)

    method.reports_writes = True
    setattr(owner, name, method)


def _execute(original, cursor, sql, params, many, executor):
    exchange = current_exchange()
    run = functools.partial(original, cursor, sql, params, many, executor)
    if not exchange.is_tracked:
        return run()
    statement = classify_sql(_to_text(sql, cursor.db), cursor.db.vendor)
    return _run(cursor, exchange, statement, many, run)


def _call(original, cursor, *args, **kwargs):
    exchange = current_exchange()
    run = functools.partial(original, cursor, *args, **kwargs)
    return _run(cursor, exchange, _CALL, False, run) if exchange.is_tracked else run()


def _get_attribute(original, cursor, name):
    value = original(cursor, name)
    if callable(value) and name not in _HARMLESS_METHODS and not name.startswith("__"):
        exchange = current_exchange()
        if exchange.is_tracked:
            exchange.admit_write()
            ledger_of(cursor.db).commit()
            exchange.note_committed()
    return value


def _run(cursor, exchange, statement, many, run):
    writes = statement.writes and not (
        statement.tables and not statement.tables.isdisjoint(read_ignored_tables())
    )
    # A lock that an upload took before its end would be held at its client's pace.
    if writes or (statement.locks and exchange.upload is not None):
        exchange.admit_write()
    with limit_statement(cursor, exchange, statement, writes):
        return _run_write(cursor.db, exchange, statement, many, run) if writes else run()


def _run_write(db, exchange, statement, many, run):
    has_written = True
    try:
        return run()
    except _FAILED_WHOLE.get(db.vendor, ()):
        has_written = many or not statement.is_plain
        raise
    finally:
        if has_written:
            _note_write(db, exchange, statement)


def _note_write(db, exchange, statement):
    in_transaction = db.in_atomic_block or not db.autocommit
    # A COMMIT as text, several statements at once: the transaction may be over.
    is_one = statement.keyword not in ("", "COMMIT", "END")
    if in_transaction and is_one and (statement.is_plain or db.features.can_rollback_ddl):
        ledger_of(db).add(exchange)
    else:
        ledger_of(db).commit()
        exchange.note_committed()


def _commit(original, db):
    ledger = ledger_of(db)
    if not ledger.owners:
        ledger.limited_at_ms = None
        return original(db)
    exchange = current_exchange()
    exchange.admit_write()
    with limit_commit(db, exchange):
        return _settle(ledger, exchange, functools.partial(original, db))


def _settle(ledger, exchange, commit):
    is_refused = False
    try:
        return commit()
    except _REFUSED:
        is_refused = True
        raise
    finally:
        # Also after a lost connection: nobody can say whether the commit took place.
        if not is_refused:
            ledger.commit()
            exchange.note_committed()


def _set_autocommit(original, db, autocommit, *args, **kwargs):
    ledger = ledger_of(db)
    run = functools.partial(original, db, autocommit, *args, **kwargs)
    if not (autocommit and ledger.owners) or db.in_atomic_block:
        return run()
    # Most databases commit what is open when autocommit is switched on.
    exchange = current_exchange()
    exchange.admit_write()
    return _settle(ledger, exchange, run)


def _rollback(original, db):
    try:
        return original(db)
    finally:
        # One that fails has lost the connection, and the server rolls back by itself.
        if not db.in_atomic_block:
            ledger_of(db).undo()


def _close(original, db):
    try:
        return original(db)
    finally:
        ledger_of(db).undo()


def _savepoint(original, db):
    savepoint = original(db)
    ledger_of(db).mark(savepoint)
    return savepoint


def _savepoint_rollback(original, db, savepoint):
    original(db, savepoint)
    ledger_of(db).undo_to(savepoint)


def _to_text(sql, db):
    if isinstance(sql, bytes):
        return sql.decode("utf-8", "replace")
    if hasattr(sql, "as_string"):  # psycopg's composed queries
        return sql.as_string(db.connection)
    return str(sql)
