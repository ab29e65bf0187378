"""What was written on one database connection and is neither committed nor rolled back yet."""

_ATTRIBUTE = "mizan_ledger"


class Ledger:
    """The open transaction of one connection: who wrote in it, up to which savepoint."""

    def __init__(self):
        # One entry per write, in order: the Exchange that it belongs to.
        self.owners = []
        self.marks = {}
        # When the transaction's timeouts were last set (unix ms), None: not set in it.
        self.limited_at_ms = None

    def add(self, exchange):
        self.owners.append(exchange)
        exchange.note_written()

    def mark(self, savepoint):
        self.marks[savepoint] = len(self.owners)

    def undo_to(self, savepoint):
        """Rolled back to `savepoint`; what cannot be placed stays, and counts as written."""
        self._undo_from(self.marks.get(savepoint, len(self.owners)))

    def undo(self):
        """The whole transaction was rolled back."""
        self._undo_from(0)
        self.marks.clear()

    def commit(self):
        """All that is open was committed, or may have been."""
        for owner in self.owners:
            owner.note_undone()
            owner.note_committed()
        self.owners = []
        self.marks.clear()
        self.limited_at_ms = None

    def _undo_from(self, count):
        for owner in self.owners[count:]:
            owner.note_undone()
        del self.owners[count:]
        # Timeouts that were set in the undone part are undone with it.
        self.limited_at_ms = None


def ledger_of(db):
    """The Ledger of a Django database wrapper; made when first asked for."""
    ledger = db.__dict__.get(_ATTRIBUTE)
    if ledger is None:
        ledger = db.__dict__[_ATTRIBUTE] = Ledger()
    return ledger
