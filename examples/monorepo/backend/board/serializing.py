"""Rows as what the API and the WebSocket give."""

from .models import State


def change_of(change):
    return {
        "version": change.version,
        "line": change.line_id,
        "state": change.state,
        "message": change.message,
        "author": None if change.author is None else change.author.get_username(),
        "at": change.at.isoformat(),
    }


def line_of(line, newest):
    """`newest` is the line's last change, None if nothing ever happened there."""
    change = None if newest is None else change_of(newest)
    return {
        "id": line.pk,
        "number": line.number,
        "name": line.name,
        "colour": line.colour,
        "state": State.GOOD if change is None else change["state"],
        "change": change,
    }
