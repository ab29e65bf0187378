"""The URL pattern that Django resolved, in the form that a manifest writes it: `/profile/:user_id/`."""

import re

_CONVERTER = re.compile(r"<(?:[^<>:]+:)?([^\W\d]\w*)>")
_IS_REGEX = re.compile(r"\(\?P<|[\^$]")
_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>")


def to_manifest_route(route):
    """Turns `ResolverMatch.route` into a manifest's pattern; None (nothing resolved) into "".

    What a manifest cannot say (an unnamed group, a class) stays as it is, and so equals none.
    """
    if route is None:
        return ""
    plain = _from_regex(route) if _IS_REGEX.search(route) else route
    return "/" + _CONVERTER.sub(r":\1", plain)


def _from_regex(route):
    parts = []
    position = 0
    while position < len(route):
        character = route[position]
        named = _NAMED_GROUP.match(route, position)
        if character == "\\":
            following = route[position + 1 : position + 2]
            parts.append("\\" + following if following.isalnum() else following)
            if following in ("A", "Z"):
                parts.pop()
            position += 2
        elif named:
            parts.append(":" + named.group(1))
            position = _group_end(route, position)
        elif character == "(":
            end = _group_end(route, position)
            parts.append(route[position:end])
            position = end
        else:
            # Anchors and the mark of an optional slash are no part of the path that a manifest writes.
            is_mark = character in "^$" or (character == "?" and parts[-1:] == ["/"])
            parts.append("" if is_mark else character)
            position += 1
    return "".join(parts)


def _group_end(route, start):
    """Position after the group that opens at `start`; parentheses in a class or escaped are text."""
    depth = 0
    in_class = False
    position = start
    while position < len(route):
        character = route[position]
        if character == "\\":
            position += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return position + 1
        position += 1
    return len(route)
