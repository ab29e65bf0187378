"""One migration at a time per database, whoever starts it and however it ends."""

import contextlib
import fcntl
import time

POLL_SECONDS = 0.2
# "mizan" in ASCII; the second half keeps migrations apart from other uses of advisory locks.
ADVISORY_KEY = 0x6D697A616E << 16 | 1
MYSQL_NAME = "mizan.migrate"


@contextlib.contextmanager
def migration_lock(connection):
    """Holds the lock of `connection`'s database; waits as long as another process holds it.

    The database or the operating system frees it when this process dies.
    Oracle and other databases: no lock, Django's own table is all there is.
    """
    if connection.vendor == "sqlite":
        if connection.is_in_memory_db():
            yield
            return
        with open(str(connection.settings_dict["NAME"]) + ".migrate.lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    elif connection.vendor in ("postgresql", "mysql"):
        # A connection of its own: a migration may close the one that it runs on.
        holder = connection.copy()
        try:
            _wait_for_session_lock(holder)
            yield
        finally:
            # Ends the session, and with it the lock.
            holder.close()
    else:
        yield


def _wait_for_session_lock(holder):
    """Asks again and again: a blocking call would hold a snapshot, on which the lock's owner would
    wait in CREATE INDEX CONCURRENTLY, a deadlock."""
    if holder.vendor == "postgresql":
        query, parameters = "SELECT pg_try_advisory_lock(%s)", [ADVISORY_KEY]
    else:
        # MySQL's lock names count for the whole server.
        name = "%s.%s" % (MYSQL_NAME, holder.settings_dict["NAME"])
        query, parameters = "SELECT GET_LOCK(%s, 0)", [name[:64]]
    while True:
        with holder.cursor() as cursor:
            cursor.execute(query, parameters)
            if cursor.fetchone()[0]:
                return
        time.sleep(POLL_SECONDS)
