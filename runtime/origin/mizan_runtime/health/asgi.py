"""Wraps an ASGI app: answers the health paths and sets the unresolved header."""

from asgiref.sync import sync_to_async

from .. import contract
from .unresolved import MARK

HEALTH_PATHS = (contract.HEALTH_PATH_LIVE, contract.HEALTH_PATH_READY)


class AsgiWrapper:
    """ASGI application around `application`; `health` answers for this process."""

    def __init__(self, application, health):
        self.application = application
        self.health = health

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        if scope["path"] in HEALTH_PATHS:
            await self._send_health(scope["path"], send)
            return
        mark = scope[MARK] = [False]

        async def send_marked(message):
            if message["type"] == "http.response.start" and message["status"] == 404 and mark[0]:
                header = (contract.UNRESOLVED_HEADER.encode(), b"1")
                message = dict(message, headers=list(message.get("headers", ())) + [header])
            await send(message)

        await self.application(scope, receive, send_marked)

    async def _send_health(self, path, send):
        # A thread of its own: the app's own synchronous code may keep the shared one busy.
        status, body = await sync_to_async(self.health.answer, thread_sensitive=False)(path)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
