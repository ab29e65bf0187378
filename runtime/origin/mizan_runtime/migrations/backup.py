"""Copies a SQLite file before its migrations run."""

import os
import sqlite3

KEPT_BACKUPS = 5


def back_up_sqlite(database, folder, release):
    """Copies the SQLite file `database` to `<folder>/<release>.sqlite3`; returns that path.

    A copy of the same release stays: after a failed first try it is the older, whole state.
    Keeps the newest five.
    """
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, release + ".sqlite3")
    if not os.path.exists(path):
        partial = path + ".partial"
        source = sqlite3.connect(database)
        target = sqlite3.connect(partial)
        try:
            # The backup API reads a consistent state, WAL included, while others write.
            source.backup(target)
        finally:
            target.close()
            source.close()
        os.chmod(partial, 0o600)
        os.replace(partial, path)
    _remove_old(folder)
    return path


def _remove_old(folder):
    paths = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".sqlite3")]
    for path in sorted(paths, key=os.path.getmtime)[:-KEPT_BACKUPS]:
        os.remove(path)
