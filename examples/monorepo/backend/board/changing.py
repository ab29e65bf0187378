"""Changes a line, one change after the other, and tells everybody who watches."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from config.version import VERSION

from .models import Board, Change
from .serializing import change_of

GROUP = "board"


class Overtaken(Exception):
    """Somebody else has changed the line since. `change` is theirs."""

    def __init__(self, change):
        super().__init__(f"change {change.version} came first")
        self.change = change


def change_line(line, *, state, message, author, seen):
    """
    The change that was made. `seen` is the version of the line's last change that the author knew
    of, 0 for none. Raises Overtaken.
    """
    with transaction.atomic():
        board, _ = Board.objects.select_for_update().get_or_create(pk=1)
        newest = line.changes.select_related("author", "line").first()
        if newest is not None and newest.version != seen:
            raise Overtaken(newest)
        board.version += 1
        board.save(update_fields=["version"])
        change = Change.objects.create(
            version=board.version, line=line, state=state, message=message, author=author
        )

        # A function with a name, since Django writes it to the log if it fails.
        def tell():
            tell_everybody(change_of(change))

        # robust: without Redis the change stands, and browsers find it when they next ask.
        transaction.on_commit(tell, robust=True)
    return change


def tell_everybody(change):
    message = {"type": "board.change", "app": VERSION, "change": change}
    async_to_sync(get_channel_layer().group_send)(GROUP, message)
