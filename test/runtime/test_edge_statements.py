"""Which SQL counts as a write, and for which table."""

import random
import sys

import pytest

from conftest import RUNTIME

sys.path.insert(0, str(RUNTIME))

from mizan_runtime.edge.statement import classify_sql  # noqa: E402

READS = [
    ("", "postgresql"),
    ("  -- nothing\n", "postgresql"),
    ("SELECT 1", "sqlite"),
    ("select * from t", "postgresql"),
    ("(SELECT 1) UNION (SELECT 2)", "postgresql"),
    ("/* insert */ SELECT 1 -- ; delete from t", "postgresql"),
    ("/* a /* nested */ delete */ SELECT 1", "postgresql"),
    ("SELECT 'x; DELETE FROM t'", "postgresql"),
    ("SELECT 'it''s'; SELECT 2;", "sqlite"),
    (r"SELECT E'it\'s; DELETE FROM t'", "postgresql"),
    (r"SELECT 'a\'; SELECT 'b'", "postgresql"),
    (r"SELECT 'it\'s; DELETE FROM t'", "mysql"),
    ("SELECT 1 # ; DELETE FROM t\n", "mysql"),
    ("SELECT data #> '{a}' FROM t", "postgresql"),
    ("SELECT $$; DELETE FROM t$$, $x$ $$ $x$", "postgresql"),
    ('SELECT "update", "delete" FROM "insert"', "postgresql"),
    ("SELECT `delete` FROM `t`", "mysql"),
    ("SELECT t.update FROM t", "postgresql"),
    ("SELECT * FROM t WHERE id = %s FOR UPDATE", "postgresql"),
    ("SELECT * FROM t FOR NO KEY UPDATE OF t SKIP LOCKED", "postgresql"),
    ("SELECT count(*), max(a), coalesce(b, 0), lower(c)::varchar(5) FROM t", "postgresql"),
    ("SELECT pg_catalog.lower(a) FROM t", "postgresql"),
    ("SELECT ST_Distance(a, b) FROM t", "postgresql"),
    ("SELECT django_date_trunc(%s, a) FROM t", "sqlite"),
    ("SELECT row_number() OVER (PARTITION BY a) FROM t WHERE a IN (%s, %s) AND (b OR c)", "sqlite"),
    ("SELECT replace(a, 'x', 'y') FROM t", "mysql"),
    ("WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t) SELECT n FROM t", "postgresql"),
    ('WITH "a" ("b") AS (SELECT 1) SELECT * FROM "a"', "postgresql"),
    ('WITH "a" AS MATERIALIZED (SELECT 1) SELECT * FROM "a"', "postgresql"),
    ("SELECT * FROM (VALUES (1)) AS v(n)", "postgresql"),
    ("VALUES (1), (2)", "postgresql"),
    ("TABLE t", "postgresql"),
    ("EXPLAIN (ANALYZE) SELECT 1", "postgresql"),
    ("SHOW statement_timeout", "postgresql"),
    ("SET statement_timeout = 5", "postgresql"),
    ("PRAGMA table_info('t')", "sqlite"),
    ("PRAGMA foreign_keys = ON", "sqlite"),
    ("BEGIN IMMEDIATE", "sqlite"),
    ("SAVEPOINT a", "postgresql"),
    ("ROLLBACK TO SAVEPOINT a", "postgresql"),
    ("RELEASE SAVEPOINT a", "postgresql"),
    ("DECLARE c CURSOR FOR SELECT 1", "postgresql"),
    ("FETCH 10 FROM c", "postgresql"),
    ("LOCK TABLE t IN SHARE MODE", "postgresql"),
    ("COPY t TO STDOUT", "postgresql"),
    ("COPY (SELECT * FROM t) TO STDOUT", "postgresql"),
    ("PREPARE p AS SELECT 1", "postgresql"),
    ("LISTEN c", "postgresql"),
    ("NOTIFY c, 'x'", "postgresql"),
]

WRITES = [
    ("INSERT INTO t VALUES (1)", "sqlite"),
    ("  insert into t default values", "postgresql"),
    ("UPDATE t SET a = 1", "postgresql"),
    ("DELETE FROM t", "postgresql"),
    ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "postgresql"),
    ("REPLACE INTO t VALUES (1)", "mysql"),
    ("TRUNCATE t", "postgresql"),
    ("CREATE TABLE t (a int)", "postgresql"),
    ("ALTER TABLE t ADD a int", "postgresql"),
    ("DROP TABLE t", "postgresql"),
    ("REFRESH MATERIALIZED VIEW v", "postgresql"),
    ("GRANT SELECT ON t TO u", "postgresql"),
    ("CALL p()", "postgresql"),
    ("EXEC p", "microsoft"),
    ("DO $$ BEGIN DELETE FROM t; END $$", "postgresql"),
    ("EXECUTE p", "postgresql"),
    ("COPY t FROM STDIN", "postgresql"),
    ("COPY (DELETE FROM t RETURNING *) TO STDOUT", "postgresql"),
    ("WITH a AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM a", "postgresql"),
    ("WITH a AS (SELECT 1) UPDATE t SET a = 1", "postgresql"),
    ("WITH a AS (SELECT 1 FOR UPDATE) DELETE FROM t", "postgresql"),
    ("EXPLAIN ANALYZE DELETE FROM t", "postgresql"),
    ("SELECT * INTO u FROM t", "postgresql"),
    ("SELECT my_function(1)", "postgresql"),
    ("SELECT public.lower('x')", "postgresql"),
    ('SELECT "My"(1)', "postgresql"),
    ("SELECT nextval('s'), setval('s', 5)", "postgresql"),
    ("SELECT lo_create(0)", "postgresql"),
    ("SELECT dblink_exec('x', 'DELETE FROM t')", "postgresql"),
    ("SELECT f(1) AS x", "postgresql"),
    ("SELECT * FROM f(1) AS (a int)", "postgresql"),
    ("SELECT * FROM t, f(1) AS (a int)", "postgresql"),
    ("WITH a AS (SELECT f(1)) SELECT * FROM a", "postgresql"),
    ("WITH a (b) AS (SELECT 1), c AS (SELECT f(1)) SELECT * FROM a", "postgresql"),
    ("SELECT 1; DELETE FROM t", "postgresql"),
    ("BEGIN; INSERT INTO t VALUES (1); COMMIT", "postgresql"),
    ("COMMIT", "postgresql"),
    ("END", "postgresql"),
    ("COMMIT PREPARED 'x'", "postgresql"),
    ("PREPARE TRANSACTION 'x'", "postgresql"),
    ("BEGIN my_package.run; END;", "oracle"),
    ("BEGIN UPDATE t SET a = 1 END", "microsoft"),
    ("SELECT 1 INSERT INTO t VALUES (1)", "microsoft"),
    ("SET STATEMENT max_statement_time = 1 FOR UPDATE t SET a = 1", "mysql"),
    ("SET @a = my_function()", "mysql"),
    ("ANALYZE UPDATE t SET a = 1", "mysql"),
    ("/*! INSERT INTO t VALUES (1) */", "mysql"),
    ("SELECT 1 /*!50000 INTO OUTFILE 'x' */", "mysql"),
    ("SELECT 'open", "postgresql"),
    ("SELECT /* open", "postgresql"),
    ("PRAGMA user_version = 5", "sqlite"),
    ("VACUUM INTO 'x'", "sqlite"),
    ("LOAD DATA INFILE 'x' INTO TABLE t", "mysql"),
    ("1", "sqlite"),
    ("whatever", "sqlite"),
    ("INSERT INTO t VALUES " + ", ".join(["(%s, %s)"] * 3000), "sqlite"),
]


@pytest.mark.parametrize("sql, vendor", READS, ids=range(len(READS)))
def test_reads(sql, vendor):
    assert classify_sql(sql, vendor).writes is False


@pytest.mark.parametrize("sql, vendor", WRITES, ids=range(len(WRITES)))
def test_writes(sql, vendor):
    assert classify_sql(sql, vendor).writes is True


@pytest.mark.parametrize(
    "sql, tables",
    [
        ('INSERT INTO "django_session" ("session_key", "x") VALUES (%s, %s)', {"django_session"}),
        ("INSERT INTO a.b DEFAULT VALUES", {"b", "a.b"}),
        ("INSERT OR REPLACE INTO t VALUES (1)", {"t"}),
        ("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1", {"t"}),
        ('UPDATE "t" SET "a" = %s WHERE "t"."b" IN (%s, %s)', {"t"}),
        ("UPDATE ONLY t AS x SET a = 1", {"t"}),
        ('DELETE FROM "T" WHERE "T"."a" = %s', {"t"}),
        ("DELETE FROM t", {"t"}),
        ("DELETE FROM t RETURNING a", {"t"}),
        # More, or something else, may be changed.
        ("UPDATE t, u SET t.a = 1, u.a = 1", None),
        ("UPDATE t JOIN u ON t.a = u.a SET u.b = 1", None),
        ("DELETE t FROM t JOIN u ON t.a = u.a", None),
        ("DELETE FROM t, u USING t JOIN u", None),
        ("INSERT INTO t SELECT change_things()", None),
        ("UPDATE t SET a = change_things()", None),
        ("DELETE FROM t; DELETE FROM u", None),
        ("WITH a AS (DELETE FROM u) DELETE FROM t", None),
        ("TRUNCATE t", None),
        ("INSERT", None),
        ("UPDATE", None),
        ("DELETE FROM", None),
        ("INSERT INTO", None),
    ],
)
def test_names_the_one_table_that_a_plain_write_changes(sql, tables):
    statement = classify_sql(sql, "postgresql")
    assert statement.writes and statement.tables == tables


@pytest.mark.parametrize(
    "sql, locks",
    [
        ("SELECT 1", False),
        ("SELECT 1 FOR UPDATE", True),
        ("BEGIN", False),
        ("BEGIN DEFERRED TRANSACTION", False),
        ("BEGIN IMMEDIATE", True),
        ("begin exclusive", True),
        ("LOCK TABLE t", True),
    ],
)
def test_knows_reads_that_wait_for_locks(sql, locks):
    assert classify_sql(sql, "postgresql").locks is locks


def test_any_text_gets_an_answer_and_a_write_stays_one_behind_noise():
    source = random.Random(5)
    pieces = list("'\"\n;()a\\`# é") + ["$$", "$a$", "/*", "*/", "--", "%s"]
    for _ in range(3000):
        noise = "".join(source.choice(pieces) for _ in range(source.randrange(12)))
        for vendor in ("postgresql", "mysql", "sqlite", "oracle"):
            classify_sql(noise, vendor)
            assert classify_sql("DELETE FROM t " + noise, vendor).writes
            assert classify_sql("SELECT 1; DELETE FROM t; " + noise, vendor).writes
