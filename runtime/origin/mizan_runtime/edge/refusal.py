"""Why a write or commit of a request was refused, and what the browser is told then."""

import json

from django.db.utils import OperationalError

from .. import contract

REFUSED_STATUS = 503


class WriteRefused(OperationalError):
    """A write or commit that the Edge would not learn of. A database error, so that Django rolls back."""


class Refusal:
    """One reason: `error` is raised in the app, `body` (JSON) replaces what it makes of it."""

    def __init__(self, code, message, log):
        self.message = message
        # Of a line in the log, for the route.
        self.log = log
        self.body = json.dumps({"error": {"code": code, "message": message}}).encode()

    def error(self):
        return WriteRefused(self.message)


LATE = Refusal(
    contract.DEADLINE_ERROR_CODE,
    "The request took longer than the Edge waits for; it was stopped.",
    "mizan: answered 503, the Edge's deadline for %s had passed",
)
INCOMPLETE = Refusal(
    contract.BODY_ERROR_CODE,
    "The body of the request has not arrived whole; nothing was written.",
    "mizan: answered 503, the body of %s had not arrived whole when it wrote",
)
