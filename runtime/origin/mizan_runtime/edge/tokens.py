"""Cuts SQL text into tokens, as far as one must know to tell a read from a write."""

import re

WORD = "word"
NAME = "name"
TEXT = "text"
MARK = "mark"

_COMMON = r"""
  (?P<skip>\s+|--[^\n]*%(hash)s)
 |(?P<comment>/\*)
 |(?P<text>%(text)s)
 |(?P<name>%(name)s)
 |(?P<word>[^\W\d][\w$]*)
 |(?P<mark>%%s(?:\s*,\s*%%s)*|%%\(\w+\)s|\d[\w.]*|.)
"""
_PLAIN_TEXT = r"'(?:[^']|'')*'"
_ESCAPED_TEXT = r"'(?:[^'\\]|\\.|'')*'"
_DOUBLE_QUOTED = r'"(?:[^"]|"")*"'
_BACKTICKED = r"`(?:[^`]|``)*`"
_DOLLAR_TEXT = r"\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$"


def _lexer(text, name, hash_comment=""):
    pattern = _COMMON % {"text": text, "name": name, "hash": hash_comment}
    return re.compile(pattern, re.VERBOSE | re.DOTALL)


_LEXERS = {
    "postgresql": _lexer("[eE]%s|%s|%s" % (_ESCAPED_TEXT, _PLAIN_TEXT, _DOLLAR_TEXT), _DOUBLE_QUOTED),
    # Double quotes hold a name or a text, as its mode has it; as a text a backslash escapes.
    "mysql": _lexer(
        _ESCAPED_TEXT, r'"(?:[^"\\]|\\.|"")*"|' + _BACKTICKED, hash_comment=r"|\#[^\n]*"
    ),
}
_STANDARD = _lexer(_PLAIN_TEXT, _DOUBLE_QUOTED + "|" + _BACKTICKED)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class UnclearSql(ValueError):
    """The text cannot be cut with certainty: a quote or comment has no end, or a comment holds code."""


def tokenize(sql, vendor):
    """Returns a list of statements, each a list of `(kind, text, depth)`; empty ones are left out.

    Words are upper-case, names without their quotes; `depth` counts the parentheses around a token.
    Raises UnclearSql. `vendor` is Django's (`postgresql`, `mysql`, …).
    """
    lexer = _LEXERS.get(vendor, _STANDARD)
    statements, tokens = [], []
    depth = position = 0
    while position < len(sql):
        match = lexer.match(sql, position)
        kind, text = match.lastgroup, match.group()
        position = match.end()
        if kind == "skip":
            continue
        if kind == "comment":
            position = _comment_end(sql, match.start(), vendor)
            continue
        if text == ";":
            statements.append(tokens)
            tokens, depth = [], 0
            continue
        if text in ("'", '"', "`"):
            raise UnclearSql("a quote does not end")
        depth -= text == ")"
        tokens.append(_token(kind, text, depth))
        depth += text == "("
    statements.append(tokens)
    return [statement for statement in statements if statement]


def _token(kind, text, depth):
    if kind == WORD:
        return WORD, text.upper(), depth
    if kind == NAME:
        quote = text[0]
        return NAME, text[1:-1].replace(quote * 2, quote), depth
    return (TEXT if kind in (TEXT, "tag") else MARK), text, depth


def _comment_end(sql, start, vendor):
    if sql.startswith(("/*!", "/*M!"), start):
        raise UnclearSql("MySQL runs what stands in such a comment")
    depth = 0
    for match in _COMMENT_EDGE.finditer(sql, start):
        if match.group() == "*/":
            depth -= 1
        elif depth == 0 or vendor == "postgresql":
            depth += 1
        if depth == 0:
            return match.end()
    raise UnclearSql("a comment does not end")
