"""Tells reads from writes in SQL text, and which table a plain write goes to. Where unsure: a write."""

import functools
import re
from collections import namedtuple

from .read_functions import FUNCTIONS, PREFIXES, WORDS
from .tokens import MARK, NAME, WORD, UnclearSql, tokenize

# `writes`: may change data. `keyword`: first word, of a single statement. `is_plain`: a single
# statement of data, which a rollback undoes. `tables`: lower-case names of the one table that it
# changes (with and without its schema), else None: unknown. `locks`: may wait for others' locks
# although it is a read.
Statement = namedtuple("Statement", "writes keyword is_plain tables locks")
UNKNOWN = Statement(True, "", False, None, False)

# Queries, and what concerns the connection or the transaction only: no change, unless one is inside.
_READS = frozenset(
    """
    DECLARE DESC DESCRIBE EXPLAIN SELECT SHOW TABLE VALUES WITH
    ABORT ANALYZE ATTACH BEGIN CHECKPOINT CLOSE DEALLOCATE DETACH DISCARD FETCH LISTEN LOCK MOVE NOTIFY
    RELEASE RESET ROLLBACK SAVEPOINT SET START UNLISTEN UNLOCK USE VACUUM
    """.split()
)
_CHANGES = ("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TRUNCATE", "CALL", "EXEC", "EXECUTE")
_PLAIN = ("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "SELECT", "WITH")
# SQLite: settings that stay in the file.
_LASTING_PRAGMAS = ("USER_VERSION", "APPLICATION_ID", "WRITABLE_SCHEMA", "SCHEMA_VERSION")
# SELECT … FOR UPDATE, FOR NO KEY UPDATE; ON CONFLICT DO UPDATE, ON DUPLICATE KEY UPDATE.
_BEFORE_UPDATE = ("FOR", "KEY", "DO")
# SQLite's BEGIN IMMEDIATE; without such a word it takes no lock yet.
_LOCKING_MODES = frozenset(("IMMEDIATE", "EXCLUSIVE"))
_AFTER_FOR = ("UPDATE", "SHARE", "NO", "KEY")
_MODIFIERS = ("LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE")
_AFTER_TABLE = {
    "UPDATE": ("SET",),
    "DELETE": ("WHERE", "RETURNING", "ORDER", "LIMIT"),
    "INSERT": ("VALUES", "SELECT", "DEFAULT", "SET", "OVERRIDING"),
    "REPLACE": ("VALUES", "SELECT", "DEFAULT", "SET"),
}

# Longer texts are mostly inserts of many rows: not worth keeping, nor worth reading to the end.
_KEPT_CHARACTERS = 4096
_HEAD = re.compile(r"\s*(INSERT|UPDATE|DELETE)\s", re.IGNORECASE)


def classify_sql(sql, vendor):
    """Returns the Statement of SQL text for a database of `vendor` (Django's name)."""
    if len(sql) <= _KEPT_CHARACTERS:
        return _classify_kept(sql, vendor)
    head = _HEAD.match(sql)
    if head:
        return Statement(True, head.group(1).upper(), ";" not in sql, None, False)
    return _classify(sql, vendor)


def _classify(sql, vendor):
    try:
        statements = tokenize(sql, vendor)
    except UnclearSql:
        return UNKNOWN
    if not statements:
        return UNKNOWN._replace(writes=False)
    if len(statements) == 1:
        return _classify_one(statements[0])
    return UNKNOWN._replace(writes=any(_classify_one(tokens).writes for tokens in statements))


_classify_kept = functools.lru_cache(maxsize=2048)(_classify)


def _classify_one(tokens):
    start = 0
    while start < len(tokens) and tokens[start][1] == "(":
        start += 1
    if start == len(tokens) or tokens[start][0] != WORD:
        return UNKNOWN
    keyword = tokens[start][1]
    rest = tokens[start + 1 :]
    if keyword in _AFTER_TABLE:
        return Statement(True, keyword, True, _find_tables(keyword, rest), False)
    writes = _is_write(keyword, rest)
    return Statement(writes, keyword, keyword in _PLAIN, None, _may_wait(keyword, rest))


def _is_write(keyword, rest):
    following = rest[0][1] if rest else ""
    if keyword == "PRAGMA":
        return any(kind == WORD and text in _LASTING_PRAGMAS for kind, text, _ in rest)
    if keyword == "COPY":
        is_import = any(text == "FROM" and depth == 0 for kind, text, depth in rest if kind == WORD)
        return is_import or _may_change(rest)
    if keyword == "PREPARE":
        # PREPARE TRANSACTION is the first half of a commit; a prepared statement runs by EXECUTE.
        return following in ("", "TRANSACTION")
    if keyword == "SET" and following == "STATEMENT":
        return True  # MariaDB: SET STATEMENT … FOR UPDATE …
    # What follows WITH is a name, whatever stands behind it.
    query = [(WORD, keyword, 0)] + rest if keyword == "WITH" else rest
    return keyword not in _READS or _may_change(query)


def _may_wait(keyword, rest):
    words = [text for kind, text, _ in rest if kind == WORD]
    if keyword == "BEGIN":
        return not _LOCKING_MODES.isdisjoint(words)
    return keyword == "LOCK" or any(
        pair[0] == "FOR" and pair[1] in _AFTER_FOR for pair in zip(words, words[1:])
    )


def _may_change(tokens):
    """Whether a query holds a change, creates a table (INTO), or calls a function that may write."""
    previous = (MARK, "", 0)
    for index, token in enumerate(tokens):
        kind, text, _ = token
        following = tokens[index + 1][1] if index + 1 < len(tokens) else ""
        if kind in (WORD, NAME) and following == "(":
            if not _is_harmless_before_parenthesis(tokens, index):
                return True
        elif kind == WORD and previous[1] != ".":
            if text == "INTO":
                return True
            if text in _CHANGES and not (text == "UPDATE" and previous[1] in _BEFORE_UPDATE):
                return True
        previous = token
    return False


def _is_harmless_before_parenthesis(tokens, index):
    kind, text, _ = tokens[index]
    before = tokens[index - 1][1] if index > 0 else ""
    if before == ".":
        is_builtin = index >= 2 and tokens[index - 2][1].upper() == "PG_CATALOG"
        return is_builtin and kind == WORD and text in FUNCTIONS
    # WITH name (columns) AS …, … AS name (columns): the name of a query, not a function.
    if before in ("WITH", "RECURSIVE", "AS"):
        return True
    return kind == WORD and (text in WORDS or text in FUNCTIONS or text.startswith(PREFIXES))


def _find_tables(keyword, rest):
    """Names of the table that an INSERT, UPDATE, DELETE or REPLACE changes; None if that is not all."""
    position = 0
    if [token[1] for token in rest[:1]] == ["OR"]:  # SQLite: INSERT OR REPLACE
        position = 2
    while position < len(rest) and rest[position][1] in _MODIFIERS:
        position += 1
    opening = {"DELETE": "FROM", "UPDATE": None}.get(keyword, "INTO")
    if opening is not None:
        if rest[position : position + 1] == [] or rest[position][:2] != (WORD, opening):
            return None
        position += 1
    if rest[position : position + 1] and rest[position][:2] == (WORD, "ONLY"):
        position += 1
    names, position = _read_name(rest, position)
    if names is None:
        return None
    position = _skip_alias(rest, position)
    after = rest[position : position + 1]
    if after and after[0][1] == "(" and keyword in ("INSERT", "REPLACE"):
        position += 1
    elif after and not (after[0][0] == WORD and after[0][1] in _AFTER_TABLE[keyword]):
        return None
    return None if _may_change(rest[position:]) else names


def _read_name(rest, position):
    parts = []
    while position < len(rest) and rest[position][0] in (WORD, NAME):
        parts.append(rest[position][1].lower())
        position += 1
        if rest[position : position + 1] and rest[position][1] == ".":
            position += 1
        else:
            break
    return (frozenset((parts[-1], ".".join(parts))) if parts else None), position


def _skip_alias(rest, position):
    if rest[position : position + 1] and rest[position][:2] == (WORD, "AS"):
        return position + 2
    return position
