"""ASGI middleware of the Edge's wire, outside all of the app's own: intent in, X-Mizan-Wrote out."""

from .. import contract
from .exchange import Exchange, current_exchange, working_for
from .refusal import LATE, REFUSED_STATUS
from .upload import UploadMessages
from .wire import verify_intent

_INTENT_NAME = contract.INTENT_HEADER.encode()
_WROTE_NAME = contract.WROTE_HEADER.encode()


class EdgeAsgi:
    """ASGI application around `application`; `ring` is None where no Edge stands in front."""

    def __init__(self, application, ring, probe):
        self.application = application
        self.ring = ring
        self.probe = probe

    async def __call__(self, scope, receive, send):
        is_probe = scope["type"] == "http" and scope["path"] == contract.PROBE_CONTEXT_PATH
        application = self._answer_probe if is_probe else self.application
        if self.ring is None:
            await application(scope, receive, send)
        elif scope["type"] != "http":
            # A socket's messages are no request's: they must not count for those under way.
            with working_for(Exchange()):
                await application(scope, receive, send)
        else:
            await self._exchange(application, scope, receive, send)

    async def _exchange(self, application, scope, receive, send):
        intents = [value for name, value in scope["headers"] if name == _INTENT_NAME]
        header = b"".join(intents).decode("latin-1") if len(intents) == 1 else None
        exchange = Exchange(verify_intent(header, scope["method"], _targets(scope), self.ring))
        answer = _Answer(exchange, send)
        if exchange.is_late():
            exchange.refusal = LATE
            await answer.send({"type": "http.response.start", "status": REFUSED_STATUS, "headers": []})
            return
        headers = [item for item in scope["headers"] if item[0] != _INTENT_NAME]
        if exchange.intent is not None and exchange.intent.is_upload:
            exchange.upload = UploadMessages(receive, _has_body(scope), exchange)
            receive = exchange.upload.receive
        with working_for(exchange):
            await application(dict(scope, headers=headers), receive, answer.send)

    async def _answer_probe(self, scope, _receive, send):
        status, body = self.probe.answer(scope["method"])
        current_exchange().note_own_answer(contract.PROBE_CONTEXT_PATH)
        headers = _json_headers(body)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        is_head = scope["method"] == "HEAD"
        await send({"type": "http.response.body", "body": b"" if is_head else body})


class _Answer:
    """The response of one exchange on its way out."""

    def __init__(self, exchange, send):
        self.exchange = exchange
        self.raw_send = send
        self.is_replaced = False

    async def send(self, message):
        """The `send` that the app calls: all of its work is done when it sends the headers."""
        if self.is_replaced:
            return
        if message["type"] != "http.response.start":
            await self.raw_send(message)
            # Not before: where the client goes away, the view's thread still runs, and may write.
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                self.exchange.finish()
        elif self.exchange.refusal is not None:
            await self._replace(message)
        elif self.exchange.intent is not None and self.exchange.complete:
            headers = [item for item in message.get("headers", ()) if item[0].lower() != _WROTE_NAME]
            await self.raw_send(dict(message, headers=self._with_wrote(message["status"], headers)))
        else:
            await self.raw_send(message)

    async def _replace(self, message):
        self.is_replaced = True
        self.exchange.log_refusal()
        body = self.exchange.refusal.body
        kept = [item for item in message.get("headers", ()) if _is_invalidate(item)]
        headers = self._with_wrote(REFUSED_STATUS, _json_headers(body) + kept)
        await self.raw_send(dict(message, status=REFUSED_STATUS, headers=headers))
        await self.raw_send({"type": "http.response.body", "body": body})

    def _with_wrote(self, status, headers):
        targets = b", ".join(value for name, value in filter(_is_invalidate, headers))
        wrote = self.exchange.build_header(status, targets.decode("latin-1"))
        return headers + [(_WROTE_NAME, wrote.encode("latin-1"))]


def _targets(scope):
    """The raw target; an empty query (`/path?`) looks like none (`/path`)."""
    path = scope["raw_path"].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    return (path + "?" + query,) if query else (path, path + "?")


def _has_body(scope):
    """Whether any message about a body is due, which an app without interest in it may not ask for."""
    headers = dict(scope["headers"])
    return b"transfer-encoding" in headers or int(headers.get(b"content-length") or 0) > 0


def _is_invalidate(item):
    return item[0].lower() == b"x-mizan-invalidate"


def _json_headers(body):
    return [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
