"""WSGI middleware of the Edge's wire, outside all of the app's own: intent in, X-Mizan-Wrote out."""

from http import HTTPStatus

from .. import contract
from .exchange import Exchange, current_exchange, working_for
from .refusal import LATE, REFUSED_STATUS
from .upload import UploadInput
from .wire import verify_intent

_INTENT_KEY = "HTTP_X_MIZAN_INTENT"


class EdgeWsgi:
    """WSGI application around `application`; `ring` is None where no Edge stands in front."""

    def __init__(self, application, ring, probe):
        self.application = application
        self.ring = ring
        self.probe = probe

    def __call__(self, environ, start_response):
        header = environ.pop(_INTENT_KEY, None)
        if self.ring is None:
            return self._application_of(environ)(environ, start_response)
        target = environ.get("RAW_URI", "")
        intent = verify_intent(header, environ["REQUEST_METHOD"], (target,), self.ring)
        exchange = Exchange(intent)
        answer = _Answer(exchange, start_response)
        if exchange.is_late():
            return answer.start_late()
        if intent is not None and intent.is_upload:
            exchange.upload = UploadInput(environ["wsgi.input"], _length_bytes(environ), exchange)
            environ["wsgi.input"] = exchange.upload
        with working_for(exchange):
            body = self._application_of(environ)(environ, answer.start)
        if intent is None:
            return body
        return answer.finish(body, environ.get("wsgi.file_wrapper"))

    def _application_of(self, environ):
        is_probe = environ.get("PATH_INFO") == contract.PROBE_CONTEXT_PATH
        return self._answer_probe if is_probe else self.application

    def _answer_probe(self, environ, start_response):
        status, body = self.probe.answer(environ["REQUEST_METHOD"])
        current_exchange().note_own_answer(contract.PROBE_CONTEXT_PATH)
        start_response(_status_line(status), _json_headers(body))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


class _Answer:
    """The response of one exchange on its way out."""

    def __init__(self, exchange, start_response):
        self.exchange = exchange
        self.start_response = start_response
        self.is_started = False
        self.is_replaced = False

    def start(self, status, headers, exc_info=None):
        """The `start_response` that the app calls: all of its work is done when it does."""
        self.is_started = True
        invalidate = [item for item in headers if item[0].lower() == "x-mizan-invalidate"]
        refusal = self.exchange.refusal
        if refusal is not None:
            self.is_replaced = True
            self.exchange.log_refusal()
            status = _status_line(REFUSED_STATUS)
            headers = _json_headers(refusal.body) + invalidate
        if self.exchange.intent is not None and (self.exchange.complete or self.is_replaced):
            targets = ", ".join(value for _, value in invalidate)
            wrote = self.exchange.build_header(int(status.split(" ")[0]), targets)
            headers = [item for item in headers if item[0].lower() != contract.WROTE_HEADER]
            headers.append((contract.WROTE_HEADER, wrote))
        return self.start_response(status, headers, exc_info)

    def start_late(self):
        """Answers without having asked the app. Returns the body."""
        self.exchange.refusal = LATE
        self.start("", [])
        return [LATE.body]

    def finish(self, body, file_wrapper):
        """Returns what to send as the body, for the `body` that the app has returned."""
        if self.is_replaced:
            _close(body)
            return [self.exchange.refusal.body]
        # Only a file as it is: no code of the app is left to run, and the server may use sendfile.
        is_file = file_wrapper is not None and isinstance(body, file_wrapper)
        if is_file or (self.is_started and self.exchange.complete):
            return body
        return _LiveBody(body, self)


class _LiveBody:
    """A body that the app makes while it is sent: what it writes meanwhile is the exchange's, too."""

    def __init__(self, body, answer):
        self.body = body
        self.answer = answer
        self.chunks = None

    def __iter__(self):
        return self

    def __next__(self):
        if self.answer.is_replaced:
            raise StopIteration
        with working_for(self.answer.exchange):
            if self.chunks is None:
                self.chunks = iter(self.body)
            chunk = next(self.chunks)
        return self.answer.exchange.refusal.body if self.answer.is_replaced else chunk

    def close(self):
        _close(self.body)


def _length_bytes(environ):
    """None for a chunked body. The server has refused what is neither a number nor `chunked`."""
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return None
    return int(environ.get("CONTENT_LENGTH") or 0)


def _close(body):
    if hasattr(body, "close"):
        body.close()


def _status_line(status):
    return "%d %s" % (status, HTTPStatus(status).phrase)


def _json_headers(body):
    return [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
