"""Verb `migrate`: applies pending migrations of the `default` database once, under a lock."""

import os
import sys
import time

import django

from .. import contract
from ..activate import activate_settings
from ..app_error import build_app_error
from ..overlay_input import app_folder, read_overlay_input
from ..result import take_result_fd, write_result
from .backup import back_up_sqlite
from .lock import migration_lock

# A migration that waits for a table lock makes every later query on that table wait behind it.
LOCK_TIMEOUT_SECONDS = 5
LOCK_TRIES = 8
LOCK_PAUSE_SECONDS = 2
# https://www.postgresql.org/docs/current/errcodes-appendix.html
LOCK_NOT_AVAILABLE = "55P03"


def run(_arguments):
    fd = take_result_fd()
    overlay_input = read_overlay_input()
    run_state = MigrationRun()
    result = {"version": 1, "applied": run_state.applied, "heads": {}, "backup": None, "error": None}
    try:
        activate_settings()
        django.setup()
        _migrate(run_state, overlay_input, result)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - reported with its traceback
        message = str(error)
        if run_state.current:
            message = "%s failed: %s" % (run_state.current, message)
        result["error"] = build_app_error(error, app_folder(overlay_input), message)
    write_result(fd, result)
    return 1 if result["error"] else 0


class MigrationRun:
    """Follows Django's migrate command: which migration is under way, which are done."""

    def __init__(self):
        self.applied = []
        self.current = None

    def follow(self, command, connection):
        progress = command.migration_progress_callback

        def callback(action, migration=None, fake=False):
            if action == "apply_start":
                self.current = str(migration)
                _set_lock_timeout(connection, migration)
            elif action == "apply_success":
                self.applied.append(str(migration))
                self.current = None
            progress(action, migration, fake)

        command.migration_progress_callback = callback


def _migrate(run_state, overlay_input, result):
    from django.db import DEFAULT_DB_ALIAS, connections

    from .plan import heads, is_missing_sqlite_file, load_migrations, pending_keys

    connection = connections[DEFAULT_DB_ALIAS]
    with migration_lock(connection):
        # Asked under the lock: another process may just have applied them.
        loader = load_migrations()
        result["heads"] = heads(loader)
        if not pending_keys(loader):
            return
        if connection.vendor == "sqlite" and not connection.is_in_memory_db():
            if not is_missing_sqlite_file(connection):
                result["backup"] = _back_up(connection, overlay_input)
        _run_with_retries(run_state, connection)


def _run_with_retries(run_state, connection):
    from django.core.management import call_command, get_commands, load_command_class
    from django.db import OperationalError

    for attempt in range(1, LOCK_TRIES + 1):
        # The app's own migrate command, if it replaces Django's.
        source = get_commands()["migrate"]
        command = load_command_class(source, "migrate") if isinstance(source, str) else source
        run_state.follow(command, connection)
        try:
            call_command(command, interactive=False, verbosity=1)
            return
        except OperationalError as error:
            if not _is_lock_timeout(error) or attempt == LOCK_TRIES:
                raise
            text = "mizan: %s waits for a table that is in use, try %d of %d"
            print(text % (run_state.current, attempt + 1, LOCK_TRIES), file=sys.stderr)
            connection.close()
            time.sleep(LOCK_PAUSE_SECONDS)


def _set_lock_timeout(connection, migration):
    if connection.vendor != "postgresql":
        return
    # What runs outside a transaction (CREATE INDEX CONCURRENTLY) cannot simply be tried again,
    # and does not hold up others while it waits.
    seconds = LOCK_TIMEOUT_SECONDS if migration.atomic else 0
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '%ds'" % seconds)


def _is_lock_timeout(error):
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return code == LOCK_NOT_AVAILABLE


def _back_up(connection, overlay_input):
    database = str(connection.settings_dict["NAME"])
    data = overlay_input["dataFolder"] if overlay_input else os.path.dirname(database)
    release = os.environ.get(contract.ENV_RELEASE) or "backup"
    return back_up_sqlite(database, os.path.join(data, "backups"), release)
