"""What a view may do with the database; the name says what the test expects of it."""

import threading

from django.db import IntegrityError, connection, connections, transaction

from .models import Audit, Thing

INTO = "INSERT INTO things_thing (title)"
INSERT = INTO + " VALUES (%s)"


def execute(sql, params=None, alias="default"):
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, params)


class Undo(Exception):
    pass


def reads():
    list(Thing.objects.filter(title__icontains="x").values("title"))
    Thing.objects.count()


def locks():
    with transaction.atomic():
        list(Thing.objects.select_for_update())


def creates():
    Thing.objects.create(title="a")


def updates():
    Thing.objects.filter(title="nobody").update(title="b")


def creates_many():
    Thing.objects.bulk_create([Thing(title="a"), Thing(title="b")])


def writes_raw():
    execute(INSERT, ["raw"])


def writes_raw_many():
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, [["m1"], ["m2"]])


def defines():
    execute("CREATE TABLE IF NOT EXISTS defined_here (id integer)")


def undoes():
    try:
        with transaction.atomic():
            Thing.objects.create(title="undone")
            raise Undo
    except Undo:
        pass


def undoes_savepoint():
    with transaction.atomic():
        reads()
        try:
            with transaction.atomic():
                Thing.objects.create(title="undone")
                raise Undo
        except Undo:
            pass


def undoes_inner_only():
    with transaction.atomic():
        Thing.objects.create(title="kept")
        try:
            with transaction.atomic():
                Thing.objects.create(title="undone")
                raise Undo
        except Undo:
            pass


def marks_for_rollback():
    with transaction.atomic():
        Thing.objects.create(title="undone")
        transaction.set_rollback(True)


def fails_unique():
    Thing.objects.get_or_create(code="one", defaults={"title": "first"})
    connection.close()


def repeats_unique():
    try:
        Thing.objects.create(title="second", code="one")
    except IntegrityError:
        pass


def commits_by_hand():
    transaction.set_autocommit(False)
    Thing.objects.create(title="by hand")
    transaction.commit()
    transaction.set_autocommit(True)


def rolls_back_by_hand():
    transaction.set_autocommit(False)
    Thing.objects.create(title="by hand")
    transaction.rollback()
    transaction.set_autocommit(True)


def writes_other():
    execute("CREATE TABLE IF NOT EXISTS noted (text text)", alias="other")
    execute("INSERT INTO noted VALUES ('x')", alias="other")


def writes_ignored():
    Audit.objects.create(text="ignored")


def writes_after_commit():
    with transaction.atomic():
        reads()
        transaction.on_commit(creates)


def in_thread(function):
    def run():
        try:
            function()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def writes_in_thread():
    in_thread(creates)


def reads_in_thread():
    in_thread(reads)


def commits_as_text():
    execute("BEGIN")
    execute(INSERT, ["text"])
    execute("COMMIT")


# PostgreSQL only.
def writes_in_with():
    made = "INSERT INTO things_thing (title) VALUES ('w') RETURNING id"
    execute("WITH made AS (%s) SELECT * FROM made" % made)


def copies():
    with connection.cursor() as cursor, cursor.copy("COPY things_thing (title) FROM STDIN") as copy:
        copy.write_row(["copied"])


def calls():
    execute("CALL add_thing('called')")


def selects_function():
    execute("SELECT make_thing('function')")


def writes_several():
    execute("SELECT 1; INSERT INTO things_thing (title) VALUES ('several')")


# SQLite only.
def runs_script():
    with connection.cursor() as cursor:
        cursor.executescript("INSERT INTO things_thing (title) VALUES ('script')")
