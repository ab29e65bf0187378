"""Lets no statement run, or wait for a lock, past the deadline of its request."""

import time
from contextlib import contextmanager

from django.db import DatabaseError, connections, transaction

from .ledger import ledger_of

# Set again once the time that was left is off by this much.
_DRIFT_MS = 100
# libpq's PQTRANS_IDLE, the same number in psycopg 2 and 3.
_IDLE = 0
# SQLite's virtual machine steps between two looks at the clock: some milliseconds.
_PROGRESS_STEPS = 50_000
_LONGEST_MS = 2**31 - 1

# The smaller of the app's own timeout and what remains; 0 means none.
_SMALLER = """CASE WHEN {name}::interval > '0' AND {name}::interval < '{ms} milliseconds'
 THEN {name} ELSE '{ms}' END"""
_SET_TIMEOUTS = """SELECT statement_timeout, lock_timeout,
 set_config('statement_timeout', %s, {is_local}), set_config('lock_timeout', %s, {is_local})
 FROM (SELECT current_setting('statement_timeout') AS statement_timeout,
 current_setting('lock_timeout') AS lock_timeout) AS now""" % (
    _SMALLER.replace("{name}", "statement_timeout"),
    _SMALLER.replace("{name}", "lock_timeout"),
)

_RESTORE_TIMEOUTS = """SELECT set_config('statement_timeout', %s, false),
 set_config('lock_timeout', %s, false)"""


@contextmanager
def limit_statement(cursor, exchange, statement, writes):
    """Around one statement of `exchange` on Django's `cursor`; `writes`: it is a write that counts.

    A plain write outside any transaction gets one of its own, so that its commit can be refused; on
    SQLite it is stopped without. Databases that have no timeouts here are not interrupted: past the
    deadline they roll back.
    """
    db = cursor.db
    if exchange.deadline_ms is None or db.needs_rollback or not (writes or statement.locks):
        yield
        return
    try:
        if db.vendor == "sqlite":
            with _limit_sqlite(db, exchange):
                yield
        elif db.vendor != "postgresql":
            is_alone = db.autocommit and not db.in_atomic_block
            with _own_transaction(cursor, is_alone and statement.is_plain and writes):
                yield
        elif _is_in_transaction(db):
            _limit_transaction(db, exchange)
            yield
        elif statement.is_plain and writes and _can_wrap(cursor):
            with transaction.atomic(using=db.alias):
                _limit_transaction(db, exchange)
                yield
        else:
            with _limit_session(db, exchange):
                yield
    except DatabaseError:
        exchange.note_failure()
        raise


@contextmanager
def limit_commit(db, exchange):
    """Around a commit of `exchange` on the database wrapper `db`."""
    if exchange.deadline_ms is None:
        yield
        return
    try:
        if db.vendor == "sqlite":
            with _limit_sqlite(db, exchange):
                yield
        elif db.vendor == "postgresql":
            _limit_transaction(db, exchange)
            yield
        else:
            yield
    except DatabaseError:
        exchange.note_failure()
        raise


@contextmanager
def _own_transaction(cursor, is_wanted):
    if not is_wanted or not _can_wrap(cursor):
        yield
        return
    with transaction.atomic(using=cursor.db.alias):
        yield


def _is_in_transaction(db):
    # Also in one that the app has begun as text, of which Django does not know.
    return db.in_atomic_block or not db.autocommit or db.connection.info.transaction_status != _IDLE


def _can_wrap(cursor):
    # Rows of a named cursor are fetched after its transaction; it must be the app's own.
    is_named = getattr(cursor.cursor, "name", None) is not None
    return not is_named and connections[cursor.db.alias] is cursor.db


def _limit_transaction(db, exchange):
    """Until the end of the transaction, as a pooler may give the session to others."""
    ledger = ledger_of(db)
    now_ms = time.time() * 1000
    if ledger.limited_at_ms is None or now_ms - ledger.limited_at_ms > _DRIFT_MS:
        _set_timeouts(db, exchange.remaining_ms(), True)
        ledger.limited_at_ms = now_ms


@contextmanager
def _limit_session(db, exchange):
    """For what may not run in a transaction (CALL, CREATE INDEX CONCURRENTLY)."""
    timeouts = _set_timeouts(db, exchange.remaining_ms(), False)
    try:
        yield
    finally:
        # A statement that ended the connection took its timeouts with it.
        if db.connection is not None and not db.connection.closed:
            with db.connection.cursor() as cursor:
                cursor.execute(_RESTORE_TIMEOUTS, timeouts)


def _set_timeouts(db, remaining_ms, is_local):
    """Returns the timeouts that were set before, as PostgreSQL writes them."""
    query = _SET_TIMEOUTS.format(ms=_whole_ms(remaining_ms), is_local=str(is_local).lower())
    with db.wrap_database_errors, db.connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[:2]


@contextmanager
def _limit_sqlite(db, exchange):
    connection = db.connection
    busy_ms = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    limit_ms = min(busy_ms, _whole_ms(exchange.remaining_ms()))
    connection.execute("PRAGMA busy_timeout = %d" % limit_ms)
    connection.set_progress_handler(exchange.is_late, _PROGRESS_STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)
        connection.execute("PRAGMA busy_timeout = %d" % busy_ms)


def _whole_ms(remaining_ms):
    # 0 would mean no limit at all; PostgreSQL keeps it in 32 bits.
    return min(max(1, int(remaining_ms)), _LONGEST_MS)
