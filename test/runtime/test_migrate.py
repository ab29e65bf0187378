"""Migrations under a lock, their classes, the SQLite copy, and SQLite's own options."""

import os
import sqlite3
import subprocess
import sys
import time

import pytest

from conftest import RUNTIME

sys.path.insert(0, str(RUNTIME))


def rows(app, query):
    connection = sqlite3.connect(str(app.data / "db.sqlite3"))
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_applies_what_is_pending_and_says_what(plain):
    status, result, _, stderr = plain.run("migrate")
    assert status == 0, stderr
    assert result["applied"][-2:] == ["shop.0001_initial", "shop.0002_order_note"]
    assert result["heads"]["shop"] == "0002_order_note"
    assert result["error"] is None
    # There was nothing to copy before the first migration.
    assert result["backup"] is None
    again = plain.run("migrate")[1]
    assert again["applied"] == [] and again["heads"] == result["heads"]


def test_copies_the_sqlite_file_before(plain):
    assert plain.run("manage", "migrate", "shop", "0001")[0] == 0
    result = plain.run("migrate")[1]
    assert result["backup"] == str(plain.data / "backups" / "r1.sqlite3")
    copy = sqlite3.connect(result["backup"])
    columns = [row[1] for row in copy.execute("PRAGMA table_info(shop_order)")]
    copy.close()
    assert columns == ["id", "title"]
    assert os.stat(result["backup"]).st_mode & 0o777 == 0o600


def test_keeps_five_copies(tmp_path):
    from mizan_runtime.migrations.backup import back_up_sqlite

    database = str(tmp_path / "db.sqlite3")
    sqlite3.connect(database).close()
    for number in range(7):
        path = back_up_sqlite(database, str(tmp_path / "backups"), "r%d" % number)
        os.utime(path, (number, number))
    assert sorted(os.listdir(tmp_path / "backups")) == ["r%d.sqlite3" % n for n in range(2, 7)]


def test_a_failed_migration_says_which_and_where(plain):
    status, result, _, _ = plain.run("migrate", env={"PLAIN_MIGRATION_FAILS": "1"})
    assert status == 1
    error = result["error"]
    assert error["message"] == "shop.0002_order_note failed: the old orders have no title"
    assert error["type"] == "ValueError"
    assert error["location"] == "shop/migrations/0002_order_note.py:10"
    assert result["applied"][-1] == "shop.0001_initial"
    assert plain.run("migrate")[1]["applied"] == ["shop.0002_order_note"]


def race(app, env):
    """Four processes at once; returns what each applied."""
    reads = []
    processes = []
    for _ in range(4):
        read_fd, write_fd = os.pipe()
        values = dict(env, MIZAN_RESULT_FD=str(write_fd))
        processes.append(
            app.start("migrate", env=values, stdout=subprocess.DEVNULL, pass_fds=[write_fd])
        )
        os.close(write_fd)
        reads.append(read_fd)
    import json

    outputs = [process.communicate(timeout=120)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0], outputs
    return [json.loads(os.fdopen(fd).read())["applied"] for fd in reads]


def test_four_at_once_apply_each_migration_once(plain):
    applied = race(plain, {"PLAIN_MIGRATION_SECONDS": "0.5"})
    once = [name for names in applied for name in names]
    assert len(once) == len(set(once)) and "shop.0002_order_note" in once
    assert rows(plain, "SELECT count(*) FROM django_migrations") == [(len(once),)]


def test_four_at_once_on_postgresql(plain, postgres_url):
    env = {"PLAIN_DATABASE": "postgresql", "PLAIN_MIGRATION_SECONDS": "0.5"}
    plain.overlay(databaseUrl=postgres_url)
    applied = race(plain, env)
    once = [name for names in applied for name in names]
    assert len(once) == len(set(once)) and "shop.0002_order_note" in once
    migrations = plain.probe(env)["facts"]["migrations"]
    assert migrations["pending"] == [] and migrations["databaseError"] is None


def test_a_table_in_use_does_not_hold_up_others_for_ever(plain, postgres_url):
    import psycopg

    env = {"PLAIN_DATABASE": "postgresql"}
    plain.overlay(databaseUrl=postgres_url)
    assert plain.run("manage", "migrate", "shop", "0001", env=env)[0] == 0
    log = plain.folder / "migrate.log"
    with psycopg.connect(postgres_url) as user, open(log, "wb") as stderr:
        user.execute("SELECT * FROM shop_order")
        process = plain.start("migrate", env=env, stdout=subprocess.DEVNULL, stderr=stderr)
        deadline = time.monotonic() + 60
        while "waits for a table that is in use" not in log.read_text():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
    # The reader has ended: one of the next tries gets the table.
    assert process.wait(timeout=60) == 0, log.read_text()


def test_sqlite_is_in_wal_mode_and_begins_immediately(plain):
    assert plain.run("migrate")[0] == 0
    assert rows(plain, "PRAGMA journal_mode") == [("wal",)]
    code = (
        "import sqlite3\n"
        "from django.db import connection, transaction\n"
        "with transaction.atomic():\n"
        "    other = sqlite3.connect(connection.settings_dict['NAME'], timeout=0)\n"
        "    try:\n"
        "        other.execute('BEGIN IMMEDIATE')\n"
        "        print('not locked')\n"
        "    except sqlite3.OperationalError as error:\n"
        "        print(error)\n"
    )
    assert plain.run("manage", "shell", "-c", code)[2].splitlines()[-1] == "database is locked"


def test_classes_of_operations():
    import django
    from django.conf import settings
    from django.db import migrations, models
    from django.db.migrations.state import ModelState, ProjectState

    if not settings.configured:
        settings.configure(USE_TZ=True)
        django.setup()
    from mizan_runtime.migrations.classify import classify_migration, classify_operation

    def state():
        fields = [
            ("id", models.BigAutoField(primary_key=True)),
            ("title", models.CharField(max_length=10)),
        ]
        value = ProjectState()
        value.add_model(ModelState("shop", "Order", fields))
        return value

    def classify(operation):
        return classify_operation(operation, "shop", state())

    add, alter = migrations.AddField, migrations.AlterField
    wanted = [
        (migrations.CreateModel("X", []), "expand"),
        (add("order", "a", models.TextField(null=True)), "expand"),
        (add("order", "a", models.ManyToManyField("shop.Order")), "expand"),
        (add("order", "a", models.TextField(default="")), "blocks-old-writes"),
        (add("order", "a", models.TextField()), "blocks-old-writes"),
        (migrations.AddIndex("order", models.Index(fields=["title"], name="i")), "expand"),
        (migrations.RemoveField("order", "title"), "contract"),
        (migrations.DeleteModel("Order"), "contract"),
        (migrations.RenameField("order", "title", "name"), "contract"),
        (migrations.RenameModel("Order", "Purchase"), "contract"),
        (migrations.AlterModelOptions("order", {"ordering": ["id"]}), "expand"),
        (alter("order", "title", models.CharField(max_length=5)), "review"),
        (alter("order", "title", models.IntegerField()), "review"),
        (alter("order", "title", models.CharField(max_length=20)), "expand"),
        (alter("order", "title", models.CharField(max_length=10, null=True)), "expand"),
        (alter("order", "title", models.CharField(max_length=10, help_text="x")), "expand"),
        (alter("order", "title", models.CharField(max_length=10, unique=True)), "review"),
        (migrations.AlterUniqueTogether("order", {("id", "title")}), "review"),
        (migrations.RunPython(lambda apps, editor: None), "opaque"),
        (migrations.RunPython(migrations.RunPython.noop), "expand"),
        (migrations.RunSQL("SELECT 1"), "opaque"),
        (migrations.SeparateDatabaseAndState([migrations.RunSQL("x")], []), "opaque"),
        (migrations.SeparateDatabaseAndState([], [migrations.DeleteModel("Order")]), "expand"),
    ]
    if django.VERSION >= (5, 0):
        filled = models.TextField(db_default="x")
        wanted.append((add("order", "a", filled), "expand"))
    for operation, expected in wanted:
        assert classify(operation) == expected, operation.describe()

    class Own(migrations.operations.base.Operation):
        def describe(self):
            return "own"

        def state_forwards(self, app_label, state):
            return

    assert classify(Own()) == "review"

    migration = migrations.Migration("0002_x", "shop")
    migration.operations = [wanted[1][0], migrations.RemoveField("order", "title"), Own()]
    report = classify_migration(migration, state())
    assert report["class"] == "contract"
    assert [operation["class"] for operation in report["operations"]] == ["expand", "contract", "review"]


@pytest.fixture
def postgres_url(postgres):
    return postgres()
